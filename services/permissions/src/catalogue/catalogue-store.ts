import type { CatalogChanged, CatalogueTable, EventData } from '@sandgate/contracts';
import type { SqlClient } from '@sandgate/messaging';
import type { KnownPlaces } from './known-places.js';

export type CatalogueState = EventData<typeof CatalogChanged>;

/** Takes over which databases there are, where newer than what is there; returns the ids of those, locked until the transaction ends. */
export async function takeOverDatabases(tx: SqlClient, states: readonly CatalogueState[]): Promise<number[]> {
  const databases = states.map(({ revision, database: { id, name } }) => ({ id, name, revision }));
  const rows = await tx.$queryRaw<{ id: number }[]>`
    insert into catalogue_database (id, name, revision)
    select id, name, revision from jsonb_to_recordset(${JSON.stringify(databases)}::jsonb) as database (id integer, name text, revision integer)
    order by id
    on conflict (id) do update set name = excluded.name, revision = excluded.revision
    where catalogue_database.revision < excluded.revision
    returning id`;
  return rows.map(({ id }) => id);
}

/** Makes the tables of one database exactly these. */
export async function replaceTables(
  tx: SqlClient,
  databaseId: number,
  tables: readonly CatalogueTable[],
): Promise<void> {
  const kept = tables.map(({ id }) => id);
  await tx.$executeRaw`delete from catalogue_table where database_id = ${databaseId}::integer and id <> all(${kept}::integer[])`;
  await tx.$executeRaw`
    insert into catalogue_table (id, database_id, schema_name, name, columns, foreign_keys)
    select id, ${databaseId}::integer, schema, name, columns, "foreignKeys" from jsonb_to_recordset(${JSON.stringify(tables)}::jsonb)
      as described (id integer, schema text, name text, columns jsonb, "foreignKeys" jsonb)
    on conflict (id) do update set database_id = excluded.database_id, schema_name = excluded.schema_name, name = excluded.name,
      columns = excluded.columns, foreign_keys = excluded.foreign_keys`;
}

export async function findCatalogueRevisions(
  database: SqlClient,
  ids: readonly number[],
): Promise<ReadonlyMap<number, number>> {
  const rows = await database.$queryRaw<{ id: number; revision: number }[]>`
    select id, revision from catalogue_database where id = any(${ids}::integer[])`;
  return new Map(rows.map(({ id, revision }) => [id, revision]));
}

export interface PlacedTable extends CatalogueTable {
  readonly databaseId: number;
}

/** All tables of the database that a table belongs to, by id; empty when the table is not known. */
export async function findTablesAround(
  database: SqlClient,
  tableId: number,
): Promise<ReadonlyMap<number, PlacedTable>> {
  const rows = await database.$queryRaw<PlacedTable[]>`
    select id, database_id as "databaseId", schema_name as schema, name, columns, foreign_keys as "foreignKeys" from catalogue_table
    where database_id = (select database_id from catalogue_table where id = ${tableId}::integer)`;
  return new Map(rows.map((table) => [table.id, table]));
}

/** The tables of these databases; of all when absent. In the order of ids. */
export async function findTableIds(database: SqlClient, databaseIds?: readonly number[]): Promise<number[]> {
  const rows = await database.$queryRaw<{ id: number }[]>`
    select id from catalogue_table
    where ${databaseIds ?? null}::integer[] is null or database_id = any(${databaseIds ?? null}::integer[]) order by id`;
  return rows.map(({ id }) => id);
}

export interface TableName {
  readonly database: string;
  readonly schema: string;
  readonly name: string;
}

/** What every table of the catalogue is called. */
export async function findTableNames(database: SqlClient): Promise<ReadonlyMap<number, TableName>> {
  const rows = await database.$queryRaw<(TableName & { id: number })[]>`
    select described.id, catalogue_database.name as database, schema_name as schema, described.name
    from catalogue_table as described join catalogue_database on catalogue_database.id = database_id`;
  return new Map(rows.map(({ id, database: of, schema, name }) => [id, { database: of, schema, name }]));
}

/** What the catalogue knows of these databases and tables. */
export async function findPlaces(
  database: SqlClient,
  databaseIds: readonly number[],
  tableIds: readonly number[],
): Promise<KnownPlaces> {
  const databases = await database.$queryRaw<{ id: number; schemas: string[] }[]>`
    select id, array(select distinct schema_name from catalogue_table where database_id = catalogue_database.id order by schema_name) as schemas
    from catalogue_database where id = any(${databaseIds}::integer[])`;
  const tables = await database.$queryRaw<{ id: number; databaseId: number; schemaName: string }[]>`
    select id, database_id as "databaseId", schema_name as "schemaName" from catalogue_table where id = any(${tableIds}::integer[])`;
  return {
    databases: new Map(databases.map(({ id, schemas }) => [id, { schemas: new Set(schemas) }])),
    tables: new Map(tables.map(({ id, databaseId, schemaName }) => [id, { databaseId, schemaName }])),
  };
}
