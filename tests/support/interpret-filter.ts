import type { Column, ColumnType, RowFilter } from '@sandgate/contracts';

export type PlainValue = string | number | boolean | null;
export type PlainRow = Readonly<Record<string, PlainValue>>;
/** All rows of a table, by its id. */
export type RowsOf = (tableId: number) => readonly PlainRow[];

/** True, false, or undefined for unknown, as a condition in SQL. */
type Truth = boolean | undefined;

/** The oracle of row filters: whether a row is shown, by walking the filter over plain values, with the three-valued logic of SQL. */
export const isShown = (filter: RowFilter, row: PlainRow, rowsOf: RowsOf): boolean =>
  truthOf(filter, row, rowsOf) === true;

function truthOf(filter: RowFilter, row: PlainRow, rowsOf: RowsOf): Truth {
  switch (filter.op) {
    case 'and':
      return conjunction(filter.of.map((part) => truthOf(part, row, rowsOf)));
    case 'or':
      return negation(conjunction(filter.of.map((part) => negation(truthOf(part, row, rowsOf)))));
    case 'not':
      return negation(truthOf(filter.of, row, rowsOf));
    case 'is null':
      return cellOf(row, filter.column) === null;
    case 'in':
      return anyOf(filter.values.map((value) => comparison('=', filter.column, row, value)));
    case 'through':
      return throughTruth(filter, row, rowsOf);
    default:
      return comparison(filter.op, filter.column, row, filter.value);
  }
}

const negation = (truth: Truth): Truth => (truth === undefined ? undefined : !truth);

const conjunction = (truths: readonly Truth[]): Truth => {
  if (truths.includes(false)) return false;
  return truths.includes(undefined) ? undefined : true;
};

const anyOf = (truths: readonly Truth[]): Truth => negation(conjunction(truths.map(negation)));

function throughTruth(filter: Extract<RowFilter, { op: 'through' }>, row: PlainRow, rowsOf: RowsOf): Truth {
  const referenced = rowsOf(filter.table.id).find((candidate) =>
    filter.columns.every((column, index) => {
      const referencedColumn = filter.referencedColumns[index] as Column;
      const value = cellOf(candidate, referencedColumn);
      return value !== null && comparison('=', column, row, String(value)) === true;
    }),
  );
  return referenced && truthOf(filter.of, referenced, rowsOf);
}

function comparison(op: '=' | '<' | '<=' | '>' | '>=' | 'prefix', column: Column, row: PlainRow, text: string): Truth {
  const value = cellOf(row, column);
  if (value === null) return undefined;
  if (op === 'prefix') return String(value).startsWith(text);
  const order = compare(String(value), text, column.type);
  if (op === '=') return order === 0;
  if (op === '<') return order < 0;
  if (op === '<=') return order <= 0;
  return op === '>' ? order > 0 : order >= 0;
}

function cellOf(row: PlainRow, column: Column): PlainValue {
  const value = row[column.name];
  if (value === undefined) throw new Error(`the row has no ${column.name}`);
  return value;
}

function compare(left: string, right: string, type: ColumnType): number {
  if (type === 'integer' || type === 'decimal') return sign(scaled(left) - scaled(right));
  if (type === 'float') return Number(left) - Number(right);
  // Moments in UTC are ordered as their text is, but for the Z after a fraction of any length.
  const [one, other] = [left, right].map((text) => (type === 'timestamptz' ? text.replace('Z', '') : text)) as [
    string,
    string,
  ];
  return one === other ? 0 : one < other ? -1 : 1;
}

const sign = (difference: bigint): number => (difference === 0n ? 0 : difference < 0n ? -1 : 1);

const places = 40;

/** A decimal as a whole number of its smallest places. */
function scaled(text: string): bigint {
  const [whole = '', fraction = ''] = text.replace('-', '').split('.');
  const size = BigInt(whole + fraction.padEnd(places, '0'));
  return text.startsWith('-') ? -size : size;
}
