import type { SqlClient } from '@sandgate/messaging';
import type { PrismaClient } from '../generated/prisma/client.js';
import type { TableIds } from './assemble-tables.js';
import type { IntrospectedDatabase } from './catalogue.js';

/** A table by what stays when everything else about it changes. */
interface TableName {
  readonly schema: string;
  readonly name: string;
}

/** The catalogue that all instances share: what was introspected last, and the ids that were given. */
export interface CatalogueStore {
  /** The database of that name; the first time it gets an id, revision 0 and no tables. */
  findOrAdd(name: string): Promise<IntrospectedDatabase>;
  /** Those that have been introspected at least once. */
  listIntrospected(tx: SqlClient): Promise<IntrospectedDatabase[]>;
  /** Locks the database until the transaction ends. False if it is no longer at that revision. */
  lockAt(tx: SqlClient, database: { id: number; revision: number }): Promise<boolean>;
  /** The id of each table, given now to those that have none. */
  idsOf(tx: SqlClient, databaseId: number, tables: readonly TableName[]): Promise<TableIds>;
  save(tx: SqlClient, database: IntrospectedDatabase): Promise<void>;
}

export const createCatalogueStore = (database: PrismaClient): CatalogueStore => ({
  async findOrAdd(name) {
    // An insert that finds the name taken would use up an id at each start.
    await database.$executeRaw`
      insert into catalogue_database (name) select ${name}
      where not exists (select from catalogue_database where name = ${name})
      on conflict (name) do nothing`;
    const [row] = await database.$queryRaw<
      IntrospectedDatabase[]
    >`select id, name, revision, tables from catalogue_database where name = ${name}`;
    return row as IntrospectedDatabase;
  },

  listIntrospected: async (tx) =>
    tx.$queryRaw<
      IntrospectedDatabase[]
    >`select id, name, revision, tables from catalogue_database where revision > 0 order by id`,

  async lockAt(tx, { id, revision }) {
    const [row] = await tx.$queryRaw<
      { revision: number }[]
    >`select revision from catalogue_database where id = ${id} for update`;
    return row?.revision === revision;
  },

  async idsOf(tx, databaseId, tables) {
    const names = JSON.stringify(tables.map(({ schema, name }) => ({ schema, name })));
    await tx.$executeRaw`
      insert into catalogue_table (database_id, schema, name)
      select ${databaseId}, schema, name
      from jsonb_to_recordset(${names}::jsonb) as found (schema text, name text)
      where not exists (
        select from catalogue_table as known
        where known.database_id = ${databaseId} and known.schema = found.schema and known.name = found.name)
      order by schema, name`;
    const rows = await tx.$queryRaw<(TableName & { id: number })[]>`
      select id, schema, name from catalogue_table where database_id = ${databaseId}`;
    const ids = new Map(rows.map((row) => [keyOf(row), row.id]));
    return (table) => ids.get(keyOf(table)) as number;
  },

  async save(tx, { id, revision, tables }) {
    await tx.$executeRaw`
      update catalogue_database set revision = ${revision}, tables = ${JSON.stringify(tables)}::jsonb where id = ${id}`;
  },
});

const keyOf = ({ schema, name }: TableName): string => JSON.stringify([schema, name]);
