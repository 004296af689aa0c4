import type { Decision } from '@sandgate/contracts';
import { escapeIdentifier } from 'pg';
import type { LocatedTable } from '../catalogue/catalogue.js';
import { checkFilter } from './check-filter.js';
import { filterToSql } from './filter-to-sql.js';

/** A decision under which something can be read. */
export type Allowance = Exclude<Decision, { access: 'denied' }>;

/**
 * The rows of a table that a decision allows, called `t`, to stand in a `from`. It is the only place where a statement names a table, so
 * whatever is counted, grouped, sorted or compared comes from these rows. Throws `dashboard.catalogue_differs`.
 *
 * `fenced` keeps PostgreSQL from taking conditions that somebody asks for into the sub-select and trying them on hidden rows first: one
 * that fails there, such as a division in a view's column, would tell that a row exists. `offset 0` is such a fence.
 */
export function visibleRows(
  { table, tablesOfDatabase }: LocatedTable,
  allowance: Allowance,
  fenced: boolean,
  parameters: unknown[],
): string {
  const columns = table.columns.map(({ name }) => `t.${escapeIdentifier(name)}`).join(', ');
  const all = `select ${columns} from ${escapeIdentifier(table.schema)}.${escapeIdentifier(table.name)} as t`;
  if (allowance.access === 'unrestricted') return `(${all}) as t`;
  checkFilter(allowance.filter, table, tablesOfDatabase);
  return `(${all} where ${filterToSql(allowance.filter, 't', parameters)}${fenced ? ' offset 0' : ''}) as t`;
}
