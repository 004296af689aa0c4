import { type CatalogueTable, Failure, type StructuredQuery } from '@sandgate/contracts';
import { escapeIdentifier } from 'pg';
import type { LocatedTable } from '../catalogue/catalogue.js';
import { compileAggregation } from './compile-aggregation.js';
import { compileQueryFilter } from './compile-query-filter.js';
import { filterToSql } from './filter-to-sql.js';
import type { ResultColumn } from './result-column.js';
import { type Allowance, visibleRows } from './visible-rows.js';

export interface CompiledQuery {
  readonly text: string;
  readonly values: readonly unknown[];
  readonly columns: readonly ResultColumn[];
}

/**
 * A structured query as one statement over the rows that the decision allows. It asks for one row more than `limit`, which tells whether
 * there are more. Values are bound and names come from the catalogue; of the query's own words none becomes part of the text.
 * Throws `dashboard.query_invalid` with every fault, or `dashboard.catalogue_differs`.
 */
export function compileQuery(query: StructuredQuery, located: LocatedTable, allowance: Allowance): CompiledQuery {
  const faults: string[] = [];
  const { table } = located;
  const isGrouped = query.aggregations !== undefined || query.groupBy !== undefined;
  const groups = pickColumns(query.groupBy ?? [], 'groupBy', table, faults);
  const columns = isGrouped
    ? [...groups, ...compileAggregations(query, table, faults)]
    : pickColumns(query.columns ?? table.columns.map(({ name }) => name), 'columns', table, faults);
  for (const { name, type } of groups)
    if (type === 'other') faults.push(`groupBy: ${name} can be shown but not grouped by`);
  if (isGrouped && query.columns) faults.push('columns: with aggregations or groupBy, name the columns in groupBy');
  requireDistinctNames(columns, faults);
  const order = compileOrder(query, columns, faults);
  const filter = query.filter && compileQueryFilter(query.filter, table.columns, faults);
  if (faults.length > 0) throw new Failure('dashboard.query_invalid', { details: { faults } });

  const values: unknown[] = [];
  const parts = [
    `select ${columns.map(({ sql }) => sql).join(', ')}`,
    `from ${visibleRows(located, allowance, filter !== undefined, values)}`,
    ...(filter ? [`where ${filterToSql(filter, 't', values)}`] : []),
    ...(groups.length > 0 ? [`group by ${groups.map(({ sql }) => sql).join(', ')}`] : []),
    ...orderBy([...order, ...(isGrouped ? groups : tieBreak(located)).map(({ sql }) => sql)]),
    `limit $${values.push(query.limit + 1)} offset $${values.push(query.offset)}`,
  ];
  return { text: parts.join(' '), values, columns };
}

/** How many rows the decision allows, counted up to `atMost`. */
export function compileCount(
  located: LocatedTable,
  allowance: Allowance,
  atMost: number,
): Pick<CompiledQuery, 'text' | 'values'> {
  const values: unknown[] = [];
  const rows = visibleRows(located, allowance, false, values);
  return { text: `select count(*) from (select from ${rows} limit $${values.push(atMost)}) as t`, values };
}

function pickColumns(names: readonly string[], at: string, table: CatalogueTable, faults: string[]): ResultColumn[] {
  return names.flatMap((name, index) => {
    const column = table.columns.find((one) => one.name === name);
    if (column) return [{ ...column, sql: `t.${escapeIdentifier(name)}` }];
    faults.push(`${at}.${index}: the table has no column ${name}`);
    return [];
  });
}

const compileAggregations = (
  { aggregations = [] }: StructuredQuery,
  { columns }: CatalogueTable,
  faults: string[],
): ResultColumn[] =>
  aggregations.map((one, index) => compileAggregation(one, `aggregations.${index}`, columns, faults));

function requireDistinctNames(columns: readonly ResultColumn[], faults: string[]): void {
  const twice = columns.filter(({ name }, index) => columns.findIndex((one) => one.name === name) < index);
  for (const { name } of twice) faults.push(`columns: ${name} is named twice`);
}

function compileOrder(
  { orderBy: wanted = [] }: StructuredQuery,
  columns: readonly ResultColumn[],
  faults: string[],
): string[] {
  return wanted.map(({ column: name, direction }, index) => {
    const column = columns.find((one) => one.name === name);
    if (!column) faults.push(`orderBy.${index}: the result has no column ${name}`);
    else if (column.type === 'other') faults.push(`orderBy.${index}: ${name} can be shown but not sorted by`);
    return `${column?.sql} ${direction}`;
  });
}

/** The primary key makes pages follow on one another; it has an index, so that sorting by it is cheap. */
const tieBreak = ({ table }: LocatedTable): { sql: string }[] =>
  table.primaryKey.map((name) => ({ sql: `t.${escapeIdentifier(name)}` }));

const orderBy = (terms: readonly string[]): string[] => (terms.length > 0 ? [`order by ${terms.join(', ')}`] : []);
