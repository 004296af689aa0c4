import type { DenialReason } from '@sandgate/contracts';

/** Why a rule cannot be resolved, with the names that are missing or do not fit; never a value. */
export interface Unresolvable {
  readonly reason: Extract<
    DenialReason,
    'permissions.attribute_missing' | 'permissions.attribute_mistyped' | 'permissions.rule_unresolvable'
  >;
  readonly attributes: readonly string[];
  readonly columns: readonly string[];
}

export interface Findings {
  /** Attributes that the account does not have. */
  readonly missing: Set<string>;
  /** Attributes that do not fit the column. */
  readonly mistyped: Set<string>;
  /** Columns that the table no longer has, or not with a type that the rule can be about. */
  readonly lost: Set<string>;
}

export const createFindings = (): Findings => ({ missing: new Set(), mistyped: new Set(), lost: new Set() });

/** Of one rule: first what no attribute can mend. */
export function unresolvableBy({ missing, mistyped, lost }: Findings): Unresolvable {
  const named = { attributes: [...new Set([...missing, ...mistyped])], columns: [...lost] };
  if (lost.size === 0 && missing.size > 0) return { reason: 'permissions.attribute_missing', ...named };
  if (lost.size === 0 && mistyped.size > 0) return { reason: 'permissions.attribute_mistyped', ...named };
  return { reason: 'permissions.rule_unresolvable', ...named };
}

const easiestFirst = [
  'permissions.attribute_missing',
  'permissions.attribute_mistyped',
  'permissions.rule_unresolvable',
] as const;

/** Of several rules, any of which would do: the reason that is the easiest to mend, and all names. */
export function unresolvableTogether(all: readonly Unresolvable[]): Unresolvable {
  const reason =
    easiestFirst.find((one) => all.some((unresolvable) => unresolvable.reason === one)) ??
    'permissions.rule_unresolvable';
  const names = (part: 'attributes' | 'columns'): string[] => [
    ...new Set(all.flatMap((unresolvable) => unresolvable[part])),
  ];
  return { reason, attributes: names('attributes'), columns: names('columns') };
}
