import { Failure, type RowRule, type Sandbox, type Warning } from '@sandgate/contracts';
import type { Author, Database, SqlClient } from '@sandgate/messaging';
import { findTablesAround, type PlacedTable } from '../catalogue/catalogue-store.js';
import { findGroups } from '../groups/group-store.js';
import { announcePolicyChange } from '../policy/announce-policy-change.js';
import { changePolicy } from '../policy/policy-store.js';
import { decideRuleFaults } from './decide-rule-faults.js';
import { findSandbox, hasSandbox, insertSandbox, replaceSandboxByNone, updateRule } from './sandbox-store.js';
import { findVoidSandboxes } from './void-sandbox-store.js';

export type SavedSandbox = Sandbox & { warnings: Warning[] };

/** Sandboxes a table for a group, whatever its entry was. Throws `permissions.settings_invalid` with every fault, `permissions.group_built_in`, `permissions.sandbox_exists`. */
export async function createSandbox(
  database: Database,
  wanted: Omit<Sandbox, 'id'>,
  by: Author,
): Promise<SavedSandbox> {
  const id = await changePolicy(database, async (tx) => {
    const group = (await findGroups(tx, [wanted.groupId])).get(wanted.groupId);
    const groupFaults = group ? [] : [`groupId: there is no group ${wanted.groupId}`];
    const table = await checkRule(tx, wanted, groupFaults);
    if (group?.kind === 'administrators') throw new Failure('permissions.group_built_in');
    if (await hasSandbox(tx, wanted)) throw new Failure('permissions.sandbox_exists');
    const created = await insertSandbox(tx, { ...wanted, databaseId: table.databaseId, schemaName: table.schema });
    await announcePolicyChange(tx, by, { what: 'sandbox', id: created, before: null, after: { ...wanted } });
    return created;
  });
  return withWarnings(database, { id, ...wanted });
}

/** Changes the rule, which is checked as a new one is. Throws `permissions.sandbox_not_found`, `permissions.settings_invalid`. */
export async function changeSandbox(database: Database, id: number, rule: RowRule, by: Author): Promise<SavedSandbox> {
  const sandbox = await changePolicy(database, async (tx) => {
    const found = await findSandbox(tx, id);
    if (!found) throw new Failure('permissions.sandbox_not_found');
    await checkRule(tx, { tableId: found.tableId, rule });
    await updateRule(tx, id, rule);
    await announcePolicyChange(tx, by, { what: 'sandbox', id, before: { rule: found.rule }, after: { rule } });
    return found;
  });
  return withWarnings(database, { ...sandbox, rule });
}

/** The group's entry on the table becomes `none`. Throws `permissions.sandbox_not_found`. */
export const deleteSandbox = (database: Database, id: number, by: Author): Promise<void> =>
  changePolicy(database, async (tx) => {
    const found = await findSandbox(tx, id);
    if (!found) throw new Failure('permissions.sandbox_not_found');
    await replaceSandboxByNone(tx, id);
    const { groupId, tableId, rule } = found;
    await announcePolicyChange(tx, by, { what: 'sandbox', id, before: { groupId, tableId, rule }, after: null });
  });

async function checkRule(
  tx: SqlClient,
  { tableId, rule }: Pick<Sandbox, 'tableId' | 'rule'>,
  earlierFaults: readonly string[] = [],
): Promise<PlacedTable> {
  const tables = await findTablesAround(tx, tableId);
  const table = tables.get(tableId);
  const faults = [
    ...earlierFaults,
    ...(table ? decideRuleFaults(rule, table, tables) : [`tableId: there is no table ${tableId}`]),
  ];
  if (!table || faults.length > 0) throw new Failure('permissions.settings_invalid', { details: { faults } });
  return table;
}

const withWarnings = async (database: Database, sandbox: Sandbox): Promise<SavedSandbox> => ({
  ...sandbox,
  warnings: await findVoidSandboxes(database, { sandboxIds: [sandbox.id] }),
});
