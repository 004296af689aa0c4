import { type DataPermissionEntry, Failure, type Warning } from '@sandgate/contracts';
import type { Author, Database, SqlClient } from '@sandgate/messaging';
import { findPlaces } from '../catalogue/catalogue-store.js';
import { findGroups } from '../groups/group-store.js';
import { announcePolicyChange } from '../policy/announce-policy-change.js';
import { changePolicy } from '../policy/policy-store.js';
import { findVoidSandboxes } from '../sandboxes/void-sandbox-store.js';
import { describeEntries, findSandboxedTables, type PlacedEntry, saveEntries } from './data-permission-store.js';
import { decideEntryFaults, type EntrySetting, sandboxKey } from './decide-entries.js';

/**
 * Sets entries, all or none, and warns of sandboxes that these groups have or make void. Throws `permissions.settings_invalid` with every
 * fault, `permissions.group_built_in` when Administrators is all that is wrong.
 */
export async function setDataPermissions(
  database: Database,
  entries: readonly DataPermissionEntry[],
  by: Author,
): Promise<{ entries: DataPermissionEntry[]; warnings: Warning[] }> {
  const scope = { databaseIds: distinct(entries, 'databaseId'), groupIds: distinct(entries, 'groupId') };
  await changePolicy(database, async (tx) => {
    const setting = await findSetting(tx, entries);
    refuseFaults(entries, setting);
    const before = await describeEntries(tx, scope);
    await saveEntries(
      tx,
      entries.map((entry) => placed(entry, setting)),
    );
    const after = await describeEntries(tx, scope);
    const ids = scope.databaseIds.join(',').slice(0, 300);
    await announcePolicyChange(tx, by, { what: 'data-permissions', id: ids, before, after });
  });
  return { entries: [...entries], warnings: await findVoidSandboxes(database, scope) };
}

function refuseFaults(entries: readonly DataPermissionEntry[], setting: EntrySetting): void {
  const faults = decideEntryFaults(entries, setting);
  if (faults.length === 0) return;
  const ofAdministrators = entries.filter(
    ({ groupId }) => setting.groups.get(groupId)?.kind === 'administrators',
  ).length;
  const code = faults.length === ofAdministrators ? 'permissions.group_built_in' : 'permissions.settings_invalid';
  throw new Failure(code, { details: { faults } });
}

async function findSetting(tx: SqlClient, entries: readonly DataPermissionEntry[]): Promise<EntrySetting> {
  const tableIds = entries.flatMap(({ tableId }) => (tableId === undefined ? [] : [tableId]));
  const groups = await findGroups(tx, distinct(entries, 'groupId'));
  const places = await findPlaces(tx, distinct(entries, 'databaseId'), tableIds);
  const sandboxes = new Set((await findSandboxedTables(tx, tableIds)).map(sandboxKey));
  return { groups, places, sandboxes };
}

const placed = (
  { groupId, databaseId, schema, tableId, access }: DataPermissionEntry,
  { places }: EntrySetting,
): PlacedEntry => ({
  groupId,
  databaseId,
  schemaName: (tableId === undefined ? schema : places.tables.get(tableId)?.schemaName) ?? '',
  tableId: tableId ?? 0,
  access,
});

const distinct = (entries: readonly DataPermissionEntry[], key: 'groupId' | 'databaseId'): number[] => [
  ...new Set(entries.map((entry) => entry[key])),
];
