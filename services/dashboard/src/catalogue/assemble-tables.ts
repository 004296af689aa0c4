import type { Column, ForeignKey } from '@sandgate/contracts';
import type { IntrospectedTable } from './catalogue.js';
import type { FoundForeignKey, FoundTable } from './introspect.js';

/** Answers the id of a table by schema and name. */
export type TableIds = (table: { schema: string; name: string }) => number;

/** Gives tables and foreign keys their ids. A foreign key with a column that cannot be compared is left out: no rule can follow it. */
export function assembleTables(found: readonly FoundTable[], idOf: TableIds): IntrospectedTable[] {
  const byId = new Map(found.map((table) => [idOf(table), table]));
  return found.map((table) => ({
    id: idOf(table),
    schema: table.schema,
    name: table.name,
    columns: [...table.columns],
    primaryKey: table.primaryKey,
    foreignKeys: table.foreignKeys
      .map((key) => assembleKey(key, idOf))
      .filter((key) => canBeFollowed(key, table, byId)),
  }));
}

const assembleKey = ({ columns, referenced, referencedColumns }: FoundForeignKey, idOf: TableIds): ForeignKey => ({
  columns: [...columns],
  referencedTableId: idOf(referenced),
  referencedColumns: [...referencedColumns],
});

function canBeFollowed(key: ForeignKey, table: FoundTable, byId: ReadonlyMap<number, FoundTable>): boolean {
  const referenced = byId.get(key.referencedTableId);
  return isComparable(key.columns, table.columns) && isComparable(key.referencedColumns, referenced?.columns ?? []);
}

const isComparable = (names: readonly string[], columns: readonly Column[]): boolean =>
  names.every((name) => columns.some((column) => column.name === name && column.type !== 'other'));
