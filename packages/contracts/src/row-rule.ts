import { z } from 'zod';
import { AttributeName, AttributeScalar } from './attribute.js';
import { TableId } from './catalogue.js';
import { ColumnName } from './column-type.js';

/** What a column is compared with: an attribute of the person, or a constant. */
export const Operand = z.union([
  z.strictObject({ attribute: AttributeName }),
  z.strictObject({ constant: z.union([AttributeScalar, z.array(AttributeScalar).min(1).max(200)]) }),
]);
export type Operand = z.infer<typeof Operand>;

export const ComparisonOperator = z.enum(['=', 'in', '<', '<=', '>', '>=', 'prefix']);
export type ComparisonOperator = z.infer<typeof ComparisonOperator>;

export type RowRule =
  | { column: string; operator: ComparisonOperator; value: Operand }
  | { column: string; operator: 'is null' }
  | { and: RowRule[] }
  | { or: RowRule[] }
  | { not: RowRule }
  | { through: { columns: string[]; tableId: number }; rule: RowRule };

/**
 * Which rows of a table somebody may see, as data. `through` follows the foreign key that starts at `columns` to the row of
 * table `tableId`, and `rule` is about that row. A list as value means `in`.
 */
export const RowRule: z.ZodType<RowRule> = z
  .lazy(() =>
    z.union([
      z.strictObject({ column: ColumnName, operator: ComparisonOperator, value: Operand }),
      z.strictObject({ column: ColumnName, operator: z.literal('is null') }),
      z.strictObject({ and: z.array(RowRule).min(1).max(50) }),
      z.strictObject({ or: z.array(RowRule).min(1).max(50) }),
      z.strictObject({ not: RowRule }),
      z.strictObject({
        through: z.strictObject({ columns: z.array(ColumnName).min(1).max(8), tableId: TableId }),
        rule: RowRule,
      }),
    ]),
  )
  .meta({ id: 'RowRule' });
