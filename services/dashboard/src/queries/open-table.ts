import {
  type Ask,
  type Decision,
  decide,
  Failure,
  namedFailure,
  type Rows,
  type StructuredQuery,
} from '@sandgate/contracts';
import type { Caller } from '@sandgate/service-kit';
import type { Catalogue, LocatedTable } from '../catalogue/catalogue.js';
import { formatInteger } from '../sources/cell-formats.js';
import type { DataSource, Statement } from '../sources/data-source.js';
import { describeDatabaseError } from '../sources/describe-database-error.js';
import { compileCount, compileQuery } from './compile-query.js';
import type { Allowance } from './visible-rows.js';

export interface Reading {
  readonly ask: Ask;
  readonly catalogue: Catalogue;
  /** The source of a database by its name; undefined while it may not be used. */
  readonly findSource: (name: string) => DataSource | undefined;
  /** Called when the database, or what permissions decided by, was found to differ from the catalogue. */
  readonly onCatalogueDiffers: () => void;
}

/** A table as one person may see it, by one decision. */
export interface OpenTable {
  readonly located: LocatedTable;
  readonly access: Allowance['access'];
  /** Throws `dashboard.query_invalid`, `dashboard.catalogue_differs`, `dashboard.query_timeout`, `dashboard.query_failed`. */
  rows(query: StructuredQuery, options?: { isRepeated: boolean }): Promise<Rows>;
  /** How many rows there are, counted up to `atMost`. Throws `dashboard.query_timeout` when it takes longer than a query may, or than that. */
  count(atMost: number, options?: { withinMilliseconds: number }): Promise<number>;
}

/** The one way to the rows of a table. Throws the reason of a denial, `permissions.not_yet_applied`, `dashboard.catalogue_differs`. */
export async function openTable(reading: Reading, caller: Caller, tableId: number): Promise<OpenTable> {
  return openDecided(reading, tableId, await decideOn(reading.ask, caller, tableId));
}

/** A table under a decision that has been made. Throws the reason of a denial, `dashboard.catalogue_differs`. */
export async function openDecided(
  reading: Omit<Reading, 'ask'>,
  tableId: number,
  decision: Decision | undefined,
): Promise<OpenTable> {
  const allowance = requireAllowance(decision);
  const located = await noticing(reading, async () => requireLocated(reading.catalogue.findTable(tableId), tableId));
  return {
    located,
    access: allowance.access,
    rows: (query, { isRepeated } = { isRepeated: false }) =>
      noticing(reading, async () => {
        const { columns, ...statement } = compileQuery(query, located, allowance);
        const rows = await run(reading, located, { ...statement, isRepeated });
        const truncated = rows.length > query.limit;
        if (truncated) rows.pop();
        if (query.aggregations) formatSums(rows, columns);
        return { columns: columns.map(({ name, type }) => ({ name, type })), rows, truncated };
      }),
    count: (atMost, limits) =>
      noticing(reading, async () => {
        const [row] = await run(reading, located, { ...compileCount(located, allowance, atMost), ...limits });
        return Number(row?.[0]);
      }),
  };
}

/** Has the catalogue looked at again when a read found that it differs, so that this is soon over. */
async function noticing<T>(
  { onCatalogueDiffers }: Pick<Reading, 'onCatalogueDiffers'>,
  work: () => Promise<T>,
): Promise<T> {
  try {
    return await work();
  } catch (error) {
    if (namedFailure(error)?.code === 'dashboard.catalogue_differs') onCatalogueDiffers();
    throw error;
  }
}

async function decideOn(
  ask: Ask,
  { accountId, claimsVersion }: Caller,
  tableId: number,
): Promise<Decision | undefined> {
  const { decisions } = await ask(decide, { accountId, claimsVersion, tableIds: [tableId] });
  return decisions.find((one) => one.tableId === tableId)?.decision;
}

function requireAllowance(decision: Decision | undefined): Allowance {
  if (decision === undefined) throw new Failure('permissions.table_unknown');
  if (decision.access !== 'denied') return decision;
  const { reason, attributes, columns } = decision;
  throw new Failure(reason, { details: { attributes, columns } });
}

function requireLocated(located: LocatedTable | undefined, tableId: number): LocatedTable {
  if (located) return located;
  throw new Failure('dashboard.catalogue_differs', { cause: new Error(`table ${tableId} is not in the catalogue`) });
}

async function run(
  reading: Pick<Reading, 'findSource'>,
  { database }: LocatedTable,
  statement: Statement,
): Promise<unknown[][]> {
  const source = reading.findSource(database.name);
  if (!source)
    throw new Failure('dashboard.query_failed', { cause: new Error(`data source ${database.name} may not be used`) });
  return source.query(statement).catch((error: unknown) => {
    throw describeDatabaseError(error);
  });
}

/** PostgreSQL's sum of big integers is a decimal, which comes as text; like any integer it becomes a number where that is exact. */
function formatSums(rows: unknown[][], columns: readonly { type: string }[]): void {
  const sums = columns.flatMap(({ type }, index) => (type === 'integer' ? [index] : []));
  for (const row of rows)
    for (const index of sums) if (typeof row[index] === 'string') row[index] = formatInteger(row[index]);
}
