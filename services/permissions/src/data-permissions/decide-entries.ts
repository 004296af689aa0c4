import type { DataPermissionEntry, Group } from '@sandgate/contracts';
import type { KnownPlaces } from '../catalogue/known-places.js';

export interface EntrySetting {
  readonly groups: ReadonlyMap<number, Pick<Group, 'kind'>>;
  readonly places: KnownPlaces;
  /** `group/table` of the sandboxes that exist. */
  readonly sandboxes: ReadonlySet<string>;
}

export const sandboxKey = ({ groupId, tableId }: { groupId: number; tableId?: number | undefined }): string =>
  `${groupId}/${tableId}`;

/** What is wrong with entries to set, each fault with the number of its entry; empty when all can be saved. */
export function decideEntryFaults(entries: readonly DataPermissionEntry[], setting: EntrySetting): string[] {
  const first = new Map<string, number>();
  return entries.flatMap((entry, index) => {
    const key = JSON.stringify([entry.groupId, entry.databaseId, entry.schema, entry.tableId]);
    const earlier = first.get(key);
    first.set(key, earlier ?? index);
    const repeated = earlier === undefined ? [] : [`names the same as entries.${earlier}`];
    return [
      ...groupFaults(entry, setting),
      ...placeFaults(entry, setting.places),
      ...sandboxFaults(entry, setting),
      ...repeated,
    ].map((fault) => `entries.${index}: ${fault}`);
  });
}

function groupFaults({ groupId }: DataPermissionEntry, { groups }: EntrySetting): string[] {
  const kind = groups.get(groupId)?.kind;
  if (kind === 'administrators') return ['Administrators is unrestricted everywhere and has no entries'];
  return kind === undefined ? [`there is no group ${groupId}`] : [];
}

function placeFaults(
  { databaseId, schema, tableId }: DataPermissionEntry,
  { databases, tables }: KnownPlaces,
): string[] {
  const database = databases.get(databaseId);
  if (!database) return [`there is no database ${databaseId}`];
  if (schema !== undefined && tableId !== undefined)
    return ['names a schema and a table; a table is named by tableId alone'];
  if (schema !== undefined && !database.schemas.has(schema))
    return [`database ${databaseId} has no schema ${schema}; it has ${[...database.schemas].join(', ')}`];
  if (tableId !== undefined && tables.get(tableId)?.databaseId !== databaseId)
    return [`database ${databaseId} has no table ${tableId}`];
  return [];
}

function sandboxFaults(entry: DataPermissionEntry, { sandboxes }: EntrySetting): string[] {
  if (entry.access !== 'sandboxed') return [];
  if (entry.tableId === undefined) return ['only a table can be sandboxed'];
  return sandboxes.has(sandboxKey(entry))
    ? []
    : ['the group has no sandbox on this table; create it with POST /api/sandboxes, which sets this entry'];
}
