import {
  type AttributeScalar,
  type Column,
  type ColumnType,
  coerceValue,
  mayCompare,
  type QueryFilter,
  type RowFilter,
} from '@sandgate/contracts';

type Comparison = Extract<QueryFilter, { value: unknown }>;

const maxDepth = 16;
const maxParts = 200;

/** Completes "must be …" for a value that is none of that type. */
const expected: Readonly<Record<Exclude<ColumnType, 'other'>, string>> = {
  integer: 'a whole number',
  decimal: 'a number',
  float: 'a number',
  text: 'text',
  boolean: 'true or false',
  date: 'a date such as 2026-01-31',
  timestamp: 'a time without zone such as 2026-01-31T09:30:00',
  timestamptz: 'a time with zone such as 2026-01-31T09:30:00Z',
  uuid: 'a UUID',
};

/** What a filter is compiled by, and what was found wrong on the way. */
interface Compilation {
  readonly columns: readonly Column[];
  readonly faults: string[];
  parts: number;
}

/**
 * The rows that somebody asks for, in the form that row rules compile to: columns of the table only, constants that fit their types.
 * Faults are added to the list, one for each thing that is wrong; then the result is undefined or of no use.
 */
export const compileQueryFilter = (
  filter: QueryFilter,
  columns: readonly Column[],
  faults: string[],
): RowFilter | undefined => compile(filter, 'filter', 1, { columns, faults, parts: 0 });

function compile(filter: QueryFilter, at: string, depth: number, compilation: Compilation): RowFilter | undefined {
  compilation.parts += 1;
  if (depth > maxDepth) return fault(compilation, at, `is nested deeper than ${maxDepth}`);
  if (compilation.parts > maxParts)
    return compilation.parts === maxParts + 1
      ? fault(compilation, 'filter', `has more than ${maxParts} parts`)
      : undefined;
  if ('and' in filter) return compileList('and', filter.and, at, depth, compilation);
  if ('or' in filter) return compileList('or', filter.or, at, depth, compilation);
  if ('not' in filter) {
    const of = compile(filter.not, `${at}.not`, depth + 1, compilation);
    return of && { op: 'not', of };
  }
  const column = compilation.columns.find(({ name }) => name === filter.column);
  if (!column) return fault(compilation, `${at}.column`, `the table has no column ${filter.column}`);
  return 'value' in filter ? compileComparison(filter, column, at, compilation) : { op: 'is null', column };
}

function compileList(
  op: 'and' | 'or',
  parts: readonly QueryFilter[],
  at: string,
  depth: number,
  compilation: Compilation,
): RowFilter | undefined {
  const of = parts
    .map((part, index) => compile(part, `${at}.${op}.${index}`, depth + 1, compilation))
    .filter((part) => part !== undefined);
  return of.length === parts.length ? { op, of } : undefined;
}

function compileComparison(
  { operator, value }: Comparison,
  column: Column,
  at: string,
  compilation: Compilation,
): RowFilter | undefined {
  const { type } = column;
  if (type === 'other') return fault(compilation, `${at}.column`, `${column.name} can be shown but not compared`);
  const refusal = refusalOf(operator, type, value);
  if (refusal) return fault(compilation, `${at}.operator`, refusal);
  const constants = [value].flat().map((constant) => coerceValue(constant, type));
  const values = constants.filter((constant) => constant !== undefined);
  if (values.length < constants.length)
    return fault(compilation, `${at}.value`, `must be ${expected[type]}, as ${column.name} is`);
  if (operator === 'in' || Array.isArray(value)) return { op: 'in', column, values };
  return { op: operator, column, value: values[0] as string };
}

function refusalOf(
  operator: Comparison['operator'],
  type: ColumnType,
  value: AttributeScalar | readonly AttributeScalar[],
): string | undefined {
  if (operator === '=' || operator === 'in') return undefined;
  if (Array.isArray(value)) return `${operator} takes one value, not a list`;
  if (operator === 'prefix')
    return mayCompare(type, operator) && value !== '' ? undefined : 'prefix takes some text, on a text column';
  return mayCompare(type, operator) ? undefined : `${operator} takes a number, a date or a time, not ${type}`;
}

function fault({ faults }: Compilation, at: string, sentence: string): undefined {
  faults.push(`${at}: ${sentence}`);
  return undefined;
}
