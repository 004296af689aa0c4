import type { DataPermissionEntry } from '@sandgate/contracts';
import type { SqlClient } from '@sandgate/messaging';
import { findPage, type ListPage } from '@sandgate/service-kit';
import { Prisma } from '../generated/prisma/client.js';

export interface EntryFilter {
  readonly groupId?: number | undefined;
  readonly databaseId?: number | undefined;
  readonly limit: number;
  readonly offset: number;
}

type EntryRow = Pick<DataPermissionEntry, 'groupId' | 'databaseId' | 'access'> & {
  schemaName: string;
  tableId: number;
};

/** A page of the entries by group, database and what of it they are on, and how many there are. */
export async function findEntryPage(
  database: SqlClient,
  { groupId, databaseId, limit, offset }: EntryFilter,
): Promise<ListPage<DataPermissionEntry>> {
  const conditions = [
    ...(groupId === undefined ? [] : [Prisma.sql`group_id = ${groupId}::integer`]),
    ...(databaseId === undefined ? [] : [Prisma.sql`database_id = ${databaseId}::integer`]),
  ];
  const matches = conditions.length === 0 ? Prisma.sql`true` : Prisma.join(conditions, ' and ');
  const { data, total } = await findPage<EntryRow>(database, {
    page: Prisma.sql`
      select group_id as "groupId", database_id as "databaseId", schema_name as "schemaName", table_id as "tableId", access from data_permission
      where ${matches} order by group_id, database_id, schema_name, table_id limit ${limit}::integer offset ${offset}::integer`,
    orderBy: Prisma.sql`"groupId", "databaseId", "schemaName", "tableId"`,
    all: Prisma.sql`data_permission where ${matches}`,
  });
  return { data: data.map(toEntry), total };
}

const toEntry = ({ groupId, databaseId, schemaName, tableId, access }: EntryRow): DataPermissionEntry => ({
  groupId,
  databaseId,
  ...(tableId !== 0 ? { tableId } : schemaName !== '' ? { schema: schemaName } : {}),
  access,
});

/** What these groups have in these databases, or in all, under `group 4, database 1, table 2`: the access, or the row rule of a sandbox. */
export async function describeEntries(
  tx: SqlClient,
  { groupIds, databaseIds }: { groupIds: readonly number[]; databaseIds?: readonly number[] },
): Promise<Record<string, unknown>> {
  const rows = await tx.$queryRaw<{ place: string; access: unknown }[]>`
    select concat_ws(', ', 'group ' || group_id, 'database ' || database_id,
        case when table_id <> 0 then 'table ' || table_id when schema_name <> '' then 'schema ' || schema_name end) as place,
      coalesce(rule, to_jsonb(access)) as access
    from data_permission where group_id = any(${groupIds}::integer[])
      and (${databaseIds ?? null}::integer[] is null or database_id = any(${databaseIds ?? null}::integer[]))`;
  return Object.fromEntries(rows.map(({ place, access }) => [place, access]));
}

/** The sandboxes that there are on these tables. */
export async function findSandboxedTables(
  database: SqlClient,
  tableIds: readonly number[],
): Promise<{ groupId: number; tableId: number }[]> {
  return database.$queryRaw<{ groupId: number; tableId: number }[]>`
    select group_id as "groupId", table_id as "tableId" from data_permission where access = 'sandboxed' and table_id = any(${tableIds}::integer[])`;
}

export interface PlacedEntry {
  readonly groupId: number;
  readonly databaseId: number;
  /** Also of a table's entry, so that what is set on a schema finds it when the table is no longer in the catalogue. */
  readonly schemaName: string;
  readonly tableId: number;
  readonly access: DataPermissionEntry['access'];
}

/** Sets entries. `none` on a database or schema first removes what lies below it and is not named; any entry takes the place of a sandbox. */
export async function saveEntries(tx: SqlClient, entries: readonly PlacedEntry[]): Promise<void> {
  const named = JSON.stringify(entries);
  await tx.$executeRaw`
    with named as (
      select * from jsonb_to_recordset(${named}::jsonb) as named ("groupId" integer, "databaseId" integer, "schemaName" text, "tableId" integer, access text)
    )
    delete from data_permission as held using named as emptied
    where emptied.access = 'none' and emptied."tableId" = 0 and held.group_id = emptied."groupId" and held.database_id = emptied."databaseId"
      and (emptied."schemaName" = '' or held.schema_name = emptied."schemaName")
      and not exists (
        select from named where named."groupId" = held.group_id and named."databaseId" = held.database_id
          and named."tableId" = held.table_id and (held.table_id <> 0 or named."schemaName" = held.schema_name))`;
  await tx.$executeRaw`
    insert into data_permission (group_id, database_id, schema_name, table_id, access)
    select "groupId", "databaseId", "schemaName", "tableId", access
    from jsonb_to_recordset(${named}::jsonb) as named ("groupId" integer, "databaseId" integer, "schemaName" text, "tableId" integer, access text)
    where access <> 'sandboxed'
    on conflict (group_id, database_id, table_id, schema_name) do update set access = excluded.access, rule = null`;
}
