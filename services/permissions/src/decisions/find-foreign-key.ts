import type { CatalogueTable, ForeignKey } from '@sandgate/contracts';

/** The foreign key of a table that starts at exactly these columns, in any order, and leads to that table. */
export function findForeignKey(
  table: CatalogueTable,
  { columns, tableId }: { columns: readonly string[]; tableId: number },
): ForeignKey | undefined {
  const wanted = sorted(columns);
  return table.foreignKeys.find((key) => key.referencedTableId === tableId && sorted(key.columns) === wanted);
}

const sorted = (names: readonly string[]): string => JSON.stringify([...names].sort());
