import type { ColumnType } from './column-type.js';
import type { ComparisonOperator } from './row-rule.js';

const ordered: ReadonlySet<ColumnType> = new Set(['integer', 'decimal', 'float', 'date', 'timestamp', 'timestamptz']);

/** Whether a column of that type can be compared in that way: equality with all but `other`, order with numbers and dates, a prefix with text. */
export function mayCompare(type: ColumnType, operator: ComparisonOperator): boolean {
  if (operator === 'prefix') return type === 'text';
  if (operator === '=' || operator === 'in') return type !== 'other';
  return ordered.has(type);
}
