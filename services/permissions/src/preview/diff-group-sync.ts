import { isDeepStrictEqual } from 'node:util';
import type { GroupSync } from '@sandgate/contracts';

/** Claimed names, by which accounts are found. */
export interface ClaimedNames {
  readonly names: readonly string[];
  /** Also every name that a group has. */
  readonly namesOfGroups: boolean;
}

/** The claimed names that may lead to other groups after a change of the settings than before; rather too many than too few. */
export function diffGroupSync(before: GroupSync, after: GroupSync): ClaimedNames {
  const { mappings: from, ...rest } = before;
  const { mappings: to, ...restAfter } = after;
  const names = [...new Set([...namesLedBy(before), ...namesLedBy(after)])];
  if (isDeepStrictEqual(rest, restAfter))
    return { names: names.filter((name) => !isDeepStrictEqual(from[name], to[name])), namesOfGroups: false };
  return { names, namesOfGroups: [before, after].some(({ enabled, mode }) => enabled && mode === 'by-name') };
}

const namesLedBy = ({ enabled, mode, mappings }: GroupSync): string[] =>
  enabled && mode === 'mapped' ? Object.keys(mappings) : [];
