import type { Aggregation, Column, ColumnType } from '@sandgate/contracts';
import { escapeIdentifier } from 'pg';
import type { z } from 'zod';
import type { ResultColumn } from './result-column.js';

type Function = z.infer<typeof Aggregation>['function'];

interface AggregateRule {
  readonly takes: readonly ColumnType[];
  readonly takesInWords: string;
  /** Type of the result by that of the column. */
  readonly gives: (type: ColumnType) => ColumnType;
  readonly sql: (column: string) => string;
}

const numbers = ['integer', 'decimal', 'float'] as const;
/** PostgreSQL has no smallest boolean; a smallest UUID only since version 18. */
const withExtremes = [...numbers, 'text', 'date', 'timestamp', 'timestamptz'] as const;
const comparable = [...withExtremes, 'boolean', 'uuid'] as const;

const numeric = { takes: numbers, takesInWords: 'a number' };
const extreme = {
  takes: withExtremes,
  takesInWords: 'a number, text, a date or a time',
  gives: (type: ColumnType) => type,
};

const rules: Readonly<Record<Function, AggregateRule>> = {
  count: {
    takes: [...comparable, 'other'],
    takesInWords: 'a column',
    gives: () => 'integer',
    sql: (column) => `count(${column})`,
  },
  'count distinct': {
    takes: comparable,
    takesInWords: 'a column that can be compared',
    gives: () => 'integer',
    sql: (column) => `count(distinct ${column})`,
  },
  sum: { ...numeric, gives: (type) => type, sql: (column) => `sum(${column})` },
  avg: { ...numeric, gives: (type) => (type === 'float' ? 'float' : 'decimal'), sql: (column) => `avg(${column})` },
  min: { ...extreme, sql: (column) => `min(${column})` },
  max: { ...extreme, sql: (column) => `max(${column})` },
};

/** An aggregation over the visible rows; what is wrong with it is added to `faults`. */
export function compileAggregation(
  { function: name, column: columnName, as }: z.infer<typeof Aggregation>,
  at: string,
  columns: readonly Column[],
  faults: string[],
): ResultColumn {
  const rule = rules[name];
  if (columnName === undefined) {
    if (name !== 'count') faults.push(`${at}.column: ${name} takes ${rule.takesInWords}`);
    return { name: as, type: 'integer', sql: 'count(*)' };
  }
  const column = columns.find((one) => one.name === columnName);
  if (!column) faults.push(`${at}.column: the table has no column ${columnName}`);
  else if (!rule.takes.includes(column.type))
    faults.push(`${at}.column: ${name} takes ${rule.takesInWords}, which ${columnName} is not`);
  return { name: as, type: rule.gives(column?.type ?? 'other'), sql: rule.sql(`t.${escapeIdentifier(columnName)}`) };
}
