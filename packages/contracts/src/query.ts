import { z } from 'zod';
import { AttributeScalar } from './attribute.js';
import { TableId } from './catalogue.js';
import { ColumnName } from './column-type.js';
import { ComparisonOperator } from './row-rule.js';

export const maxRows = 2000;

export type QueryFilter =
  | { column: string; operator: ComparisonOperator; value: AttributeScalar | AttributeScalar[] }
  | { column: string; operator: 'is null' }
  | { and: QueryFilter[] }
  | { or: QueryFilter[] }
  | { not: QueryFilter };

/** The rows that somebody asks for, within those that the decision allows. */
export const QueryFilter: z.ZodType<QueryFilter> = z
  .lazy(() =>
    z.union([
      z.strictObject({
        column: ColumnName,
        operator: ComparisonOperator,
        value: z.union([AttributeScalar, z.array(AttributeScalar).min(1).max(200)]),
      }),
      z.strictObject({ column: ColumnName, operator: z.literal('is null') }),
      z.strictObject({ and: z.array(QueryFilter).min(1).max(50) }),
      z.strictObject({ or: z.array(QueryFilter).min(1).max(50) }),
      z.strictObject({ not: QueryFilter }),
    ]),
  )
  .meta({ id: 'QueryFilter' });

export const AggregateFunction = z.enum(['count', 'count distinct', 'sum', 'avg', 'min', 'max']);

/** `column` is absent for a count of rows only. The result column is called `as`. */
export const Aggregation = z.strictObject({
  function: AggregateFunction,
  column: ColumnName.optional(),
  as: z.string().regex(/^[A-Za-z_][A-Za-z0-9_]{0,62}$/, 'letters, digits and underscores'),
});

/**
 * A structured query on one table. Without aggregations it answers `columns` (all when absent); with aggregations it answers
 * `groupBy` and the aggregations; `groupBy` alone answers its distinct values. `orderBy` names a result column.
 */
export const StructuredQuery = z.strictObject({
  tableId: TableId,
  columns: z.array(ColumnName).min(1).max(200).optional(),
  filter: QueryFilter.optional(),
  aggregations: z.array(Aggregation).min(1).max(50).optional(),
  groupBy: z.array(ColumnName).min(1).max(20).optional(),
  orderBy: z
    .array(z.strictObject({ column: z.string(), direction: z.enum(['asc', 'desc']).default('asc') }))
    .max(20)
    .optional(),
  limit: z.int().min(1).max(maxRows).default(maxRows),
  offset: z.int().min(0).max(10_000_000).default(0),
});
export type StructuredQuery = z.infer<typeof StructuredQuery>;

export const Rows = z.strictObject({
  columns: z.array(z.strictObject({ name: z.string(), type: z.string() })),
  /** Not checked cell by cell: they come from PostgreSQL's own types, and a large answer would be walked twice. */
  rows: z.unknown().meta({ type: 'array', items: { type: 'array', items: {} } }) as z.ZodType<unknown[][]>,
  /** There are more rows than `limit`. */
  truncated: z.boolean(),
});
export type Rows = z.infer<typeof Rows>;
