import { z } from 'zod';
import { Column, ColumnName } from './column-type.js';

const maxId = 2_147_483_647;

export const DatabaseId = z.int().positive().max(maxId);
export const TableId = z.int().positive().max(maxId);

/** What `TableId` takes. */
export const isTableId = (id: unknown): boolean => Number.isInteger(id) && Number(id) > 0 && Number(id) <= maxId;

/** A foreign key to one row of another table of the same database: `columns[i]` references `referencedColumns[i]`. */
export const ForeignKey = z.strictObject({
  columns: z.array(ColumnName).min(1),
  referencedTableId: TableId,
  referencedColumns: z.array(ColumnName).min(1),
});
export type ForeignKey = z.infer<typeof ForeignKey>;

export const CatalogueTable = z.strictObject({
  id: TableId,
  schema: z.string(),
  name: z.string(),
  columns: z.array(Column),
  foreignKeys: z.array(ForeignKey),
});
export type CatalogueTable = z.infer<typeof CatalogueTable>;

/** One database with all its tables, as dashboard has introspected it. */
export const CatalogueDatabase = z.strictObject({
  id: DatabaseId,
  name: z.string(),
  tables: z.array(CatalogueTable),
});
export type CatalogueDatabase = z.infer<typeof CatalogueDatabase>;
