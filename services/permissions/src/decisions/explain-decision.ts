import { type explainDecision, Failure, type RowRule } from '@sandgate/contracts';
import type { Database } from '@sandgate/messaging';
import type { z } from 'zod';
import { loadAccess } from './access-store.js';
import type { AttributeValues } from './compile-row-filter.js';
import { accountDeactivated, combine, type Grant, grantsOn, tableUnknown } from './decide-access.js';

type Explanation = z.input<NonNullable<typeof explainDecision.response>>;
type Because = Explanation['because'][number];

/** The decision for an account and a table as it is now, made by the same functions, and all that made it. Throws `permissions.account_not_found`. */
export async function explainAccess(
  database: Database,
  { accountId, tableId }: { accountId: string; tableId: number },
): Promise<Explanation> {
  const [loaded] = await loadAccess(database, [{ accountId, tableIds: [tableId] }]);
  if (!loaded) throw new Failure('permissions.account_not_found');
  const { versions, facts } = loaded;
  const table = facts.tables.get(tableId);
  const grants = table ? grantsOn(table, facts) : [];
  const allowed = table ? combine(grants) : tableUnknown;
  const decision = versions.active ? allowed : accountDeactivated;
  const { claimsVersion, accountRevision, policyRevision } = versions;
  const names = decision.access === 'denied' ? decision : { attributes: [], columns: [] };
  return {
    accountId,
    tableId,
    access: decision.access,
    ...(decision.access === 'denied' && { reason: decision.reason }),
    ...(decision.access === 'sandboxed' && { filter: decision.filter }),
    attributes: [...names.attributes],
    columns: [...names.columns],
    claimsVersion,
    accountRevision,
    policyRevision,
    because: grants.map((grant) => toBecause(grant, facts.attributes)),
  };
}

const toBecause = ({ group, access, by, entry, outcome }: Grant, attributes: AttributeValues): Because => ({
  group: { id: group.id, name: group.name, sources: [...group.sources] },
  access,
  by,
  ...(entry?.rule && {
    sandbox: {
      id: entry.id,
      rule: entry.rule,
      attributesUsed: attributesOf(entry.rule).map((name) => ({
        name,
        source: attributes.get(name)?.source ?? 'missing',
      })),
      ...(outcome && 'unresolvable' in outcome && { unresolvable: outcome.unresolvable.reason }),
    },
  }),
});

/** Names of the attributes that a rule compares with. */
function attributesOf(rule: RowRule): string[] {
  if ('and' in rule) return unique(rule.and.flatMap(attributesOf));
  if ('or' in rule) return unique(rule.or.flatMap(attributesOf));
  if ('not' in rule) return attributesOf(rule.not);
  if ('through' in rule) return attributesOf(rule.rule);
  return 'value' in rule && 'attribute' in rule.value ? [rule.value.attribute] : [];
}

const unique = (names: readonly string[]): string[] => [...new Set(names)];
