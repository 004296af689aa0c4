import { type Column, type ColumnType, mayCompare, type RowFilter } from '@sandgate/contracts';
import { escapeIdentifier } from 'pg';

type Comparable = Exclude<ColumnType, 'other'>;

/** The widest SQL type of each kind: comparing a narrower column with it still uses the column's index. */
const sqlTypes: Readonly<Record<Comparable, string>> = {
  integer: 'bigint',
  decimal: 'numeric',
  float: 'float8',
  text: 'text',
  boolean: 'boolean',
  date: 'date',
  timestamp: 'timestamp',
  timestamptz: 'timestamptz',
  uuid: 'uuid',
};

interface Place {
  /** The name by which the statement calls the table that the filter is about. */
  readonly alias: string;
  readonly parameters: unknown[];
  readonly negated: boolean;
}

/**
 * A filter as a condition on the table called `alias`. Values go to `parameters`, which must be bound in that order; names are quoted and
 * must have been found in the catalogue before. Throws on what no compiled filter holds (an empty list, an empty prefix, a column that
 * cannot be compared): a condition that would be true of every row is never written.
 */
export const filterToSql = (filter: RowFilter, alias: string, parameters: unknown[]): string =>
  write(filter, { alias, parameters, negated: false });

function write(filter: RowFilter, place: Place): string {
  switch (filter.op) {
    case 'is null':
      return `${nameOf(filter.column, place)} is null`;
    case 'in':
      return `${nameOf(filter.column, place)} = any(${bindList(filter.column, filter.values, place)})`;
    case 'prefix':
      return prefix(filter, place);
    case 'and':
    case 'or':
      return `(${atLeastOne(filter.of)
        .map((part) => write(part, place))
        .join(` ${filter.op} `)})`;
    case 'not':
      return `(not ${write(filter.of, { ...place, negated: true })})`;
    case 'through':
      return through(filter, place);
    default:
      return compare(filter, place);
  }
}

function compare(filter: Extract<RowFilter, { op: '=' | '<' | '<=' | '>' | '>=' }>, place: Place): string {
  if (!mayCompare(filter.column.type, filter.op)) throw new Error(`${filter.column.type} has no order to compare by`);
  return `${nameOf(filter.column, place)} ${filter.op} ${bind(filter.column, filter.value, place)}`;
}

function prefix({ column, value }: Extract<RowFilter, { op: 'prefix' }>, place: Place): string {
  if (column.type !== 'text' || value === '') throw new Error('a prefix is some text, of a text column');
  return `starts_with(${nameOf(column, place)}, ${bind(column, value, place)})`;
}

/**
 * Where only true counts, `exists` lets the planner join. Below a `not` it would turn "there is no referenced row" into true; a scalar
 * sub-select is NULL then, which stays unknown. A foreign key leads to one row at most, so it cannot have two.
 */
function through(filter: Extract<RowFilter, { op: 'through' }>, place: Place): string {
  const { table, columns, referencedColumns } = filter;
  const inner = { ...place, alias: `${place.alias}1` };
  if (columns.length !== referencedColumns.length) throw new Error('a foreign key has as many columns on both sides');
  const links = atLeastOne(columns).map(
    (column, index) => `${nameOf(referencedColumns[index] as Column, inner)} = ${nameOf(column, place)}`,
  );
  const from = `from ${escapeIdentifier(table.schema)}.${escapeIdentifier(table.name)} as ${inner.alias} where ${links.join(' and ')}`;
  const condition = write(filter.of, inner);
  return place.negated ? `(select ${condition} ${from})` : `exists (select ${from} and ${condition})`;
}

const nameOf = (column: Column, { alias }: Place): string => `${alias}.${escapeIdentifier(column.name)}`;

const bind = (column: Column, value: string, { parameters }: Place): string =>
  `$${parameters.push(value)}::${sqlTypeOf(column)}`;

const bindList = (column: Column, values: readonly string[], { parameters }: Place): string =>
  `$${parameters.push(atLeastOne(values))}::${sqlTypeOf(column)}[]`;

function sqlTypeOf({ name, type }: Column): string {
  if (type === 'other') throw new Error(`${name} cannot be compared`);
  return sqlTypes[type];
}

function atLeastOne<T>(list: readonly T[]): readonly T[] {
  if (list.length === 0) throw new Error('an empty list would stand for every row or for none');
  return list;
}
