import type { LocatedTable } from '../catalogue/catalogue.js';
import { slugOf } from '../sources/slug-of.js';

/** The path of a table's page, by names where they can stand in an address: a browser would resolve `.` and `..`. */
export function pathOf({ database, table }: LocatedTable): string {
  const names = [slugOf(database.name), table.schema, table.name];
  return names.some((name) => /^\.\.?$/.test(name))
    ? `/tables/${table.id}`
    : `/tables/${names.map(encodeURIComponent).join('/')}`;
}

/** The table that names lead to, as `pathOf` writes them. */
export const findByNames = (
  tables: readonly LocatedTable[],
  names: { database: string; schema: string; table: string },
): LocatedTable | undefined =>
  tables.find(
    ({ database, table }) =>
      slugOf(database.name) === names.database && table.schema === names.schema && table.name === names.table,
  );
