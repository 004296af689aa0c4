import type { CatalogueTable } from '@sandgate/contracts';

/** A table as dashboard keeps it: what the contract says of it, and the primary key, which orders its rows. */
export interface IntrospectedTable extends CatalogueTable {
  /** Empty without a primary key, or where the reader may not select all of it. */
  readonly primaryKey: readonly string[];
}

/** A database as it was last introspected, by whichever instance did that. */
export interface IntrospectedDatabase {
  readonly id: number;
  readonly name: string;
  readonly revision: number;
  readonly tables: readonly IntrospectedTable[];
}

/** A table together with the database that it is in. */
export interface LocatedTable {
  readonly table: IntrospectedTable;
  readonly database: IntrospectedDatabase;
  /** All tables of the database by id, for what foreign keys lead to. */
  readonly tablesOfDatabase: ReadonlyMap<number, IntrospectedTable>;
}

/** The catalogue that this instance reads by. */
export interface Catalogue {
  put(database: IntrospectedDatabase): void;
  findTable(id: number): LocatedTable | undefined;
  /** In the order of their databases' configuration, then by schema and name. */
  allTables(): readonly LocatedTable[];
  databases(): readonly IntrospectedDatabase[];
}

/** Starts with no database: what has not been introspected is not shown. */
export function createCatalogue(): Catalogue {
  const databases = new Map<number, IntrospectedDatabase>();
  let tables: ReadonlyMap<number, LocatedTable> = new Map();
  return {
    put(database) {
      databases.set(database.id, database);
      tables = new Map([...databases.values()].flatMap(locate).map((located) => [located.table.id, located]));
    },
    findTable: (id) => tables.get(id),
    allTables: () => [...tables.values()],
    databases: () => [...databases.values()],
  };
}

function locate(database: IntrospectedDatabase): LocatedTable[] {
  const tablesOfDatabase = new Map(database.tables.map((table) => [table.id, table]));
  return database.tables.map((table) => ({ table, database, tablesOfDatabase }));
}
