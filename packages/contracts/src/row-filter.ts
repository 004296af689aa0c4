import { z } from 'zod';
import { TableId } from './catalogue.js';
import { Column } from './column-type.js';

/**
 * A value of a column's type in canonical text: integers and decimals as digits, dates and timestamps as ISO 8601,
 * booleans as `true` and `false`. Text keeps integers beyond 2^53 exact.
 */
export const FilterValue = z.string();

export type RowFilter =
  | { op: '=' | '<' | '<=' | '>' | '>='; column: Column; value: string }
  | { op: 'in'; column: Column; values: string[] }
  | { op: 'prefix'; column: Column; value: string }
  | { op: 'is null'; column: Column }
  | { op: 'and' | 'or'; of: RowFilter[] }
  | { op: 'not'; of: RowFilter }
  | {
      op: 'through';
      columns: Column[];
      table: { id: number; schema: string; name: string };
      referencedColumns: Column[];
      of: RowFilter;
    };

/**
 * A compiled row rule: names each column with its type and holds no attribute any more. Comparisons with NULL are neither true
 * nor false, as in SQL, and a row is shown only where the whole filter is true. `through` is about the referenced row; without one it is unknown.
 */
export const RowFilter: z.ZodType<RowFilter> = z
  .lazy(() =>
    z.union([
      z.strictObject({ op: z.enum(['=', '<', '<=', '>', '>=']), column: Column, value: FilterValue }),
      z.strictObject({ op: z.literal('in'), column: Column, values: z.array(FilterValue).min(1) }),
      z.strictObject({ op: z.literal('prefix'), column: Column, value: FilterValue }),
      z.strictObject({ op: z.literal('is null'), column: Column }),
      z.strictObject({ op: z.enum(['and', 'or']), of: z.array(RowFilter).min(1) }),
      z.strictObject({ op: z.literal('not'), of: RowFilter }),
      z.strictObject({
        op: z.literal('through'),
        columns: z.array(Column).min(1),
        table: z.strictObject({ id: TableId, schema: z.string(), name: z.string() }),
        referencedColumns: z.array(Column).min(1),
        of: RowFilter,
      }),
    ]),
  )
  .meta({ id: 'RowFilter' });
