import { isDeepStrictEqual } from 'node:util';
import { type CatalogueTable, type Column, Failure, type ForeignKey, type RowFilter } from '@sandgate/contracts';

/** What a filter may name: the tables of one database by id. */
type Tables = ReadonlyMap<number, CatalogueTable>;

/**
 * Throws `dashboard.catalogue_differs` unless every column, type, table and foreign key that the filter names is in the catalogue just so.
 * permissions compiled it by its own copy, which may be older or newer; a filter that means something else than it says shows no rows.
 */
export function checkFilter(filter: RowFilter, table: CatalogueTable, tables: Tables): void {
  switch (filter.op) {
    case 'and':
    case 'or':
      for (const part of filter.of) checkFilter(part, table, tables);
      return;
    case 'not':
      checkFilter(filter.of, table, tables);
      return;
    case 'through':
      checkFilter(filter.of, followForeignKey(filter, table, tables), tables);
      return;
    default:
      requireColumn(filter.column, table);
  }
}

function followForeignKey(
  filter: Extract<RowFilter, { op: 'through' }>,
  table: CatalogueTable,
  tables: Tables,
): CatalogueTable {
  const { columns, referencedColumns, table: named } = filter;
  const referenced = tables.get(named.id);
  if (!referenced || referenced.schema !== named.schema || referenced.name !== named.name)
    throw differs(table, named.name);
  for (const column of columns) requireColumn(column, table);
  for (const column of referencedColumns) requireColumn(column, referenced);
  const key = { columns: namesOf(columns), referencedTableId: named.id, referencedColumns: namesOf(referencedColumns) };
  if (!table.foreignKeys.some((foreignKey) => isSameKey(foreignKey, key))) throw differs(table, key.columns.join(', '));
  return referenced;
}

const isSameKey = (one: ForeignKey, other: ForeignKey): boolean =>
  one.referencedTableId === other.referencedTableId && isDeepStrictEqual(pairsOf(one), pairsOf(other));

const pairsOf = ({ columns, referencedColumns }: ForeignKey): Set<string> =>
  new Set(columns.map((column, index) => JSON.stringify([column, referencedColumns[index]])));

function requireColumn({ name, type }: Column, table: CatalogueTable): void {
  if (!table.columns.some((column) => column.name === name && column.type === type)) throw differs(table, name);
}

const namesOf = (columns: readonly Column[]): string[] => columns.map((column) => column.name);

/** The cause is for the log; the person who asked is not told what the rule of their group looks at. */
const differs = (table: CatalogueTable, what: string): Failure =>
  new Failure('dashboard.catalogue_differs', {
    cause: new Error(`the filter of table ${table.id} names ${what}, which the catalogue has not or otherwise`),
  });
