import { createStatementNames, type Logger } from '@sandgate/service-kit';
import { Pool, type QueryArrayConfig, type QueryArrayResult } from 'pg';
import { formatCells } from './cell-formats.js';
import { slugOf } from './slug-of.js';

/** A database to show, as configured. The address holds a password: it goes nowhere but into the connection. */
export interface DataSourceSetting {
  readonly name: string;
  readonly url: string;
}

export interface Statement {
  readonly text: string;
  readonly values: readonly unknown[];
  /** Asked for again and again in these very words, with other values: PostgreSQL need not read and plan it each time. */
  readonly isRepeated?: boolean;
  /** Stops it sooner than the settings of the session would. */
  readonly withinMilliseconds?: number;
}

/** A database that is only ever read. */
export interface DataSource {
  readonly name: string;
  /** The name as part of a page's address. */
  readonly slug: string;
  /** Answers the rows as lists. Throws PostgreSQL's own error, whose text is for nobody but the log. */
  query(statement: Statement): Promise<unknown[][]>;
  close(): Promise<void>;
}

export interface DataSourceOptions {
  readonly queryTimeoutSeconds: number;
  readonly log: Logger;
}

const maxConnections = 10;
const connectTimeoutMs = 5_000;
const maxNamedStatements = 500;

/**
 * Settings of every session. They are part of the connection, so that no statement has to set them and none can forget to.
 * Only PostgreSQL's own schema is searched: an operator or a function that somebody made cannot take the place of a built-in one.
 */
const sessionOptions = (queryTimeoutSeconds: number): string =>
  Object.entries({
    default_transaction_read_only: 'on',
    statement_timeout: `${queryTimeoutSeconds}s`,
    idle_in_transaction_session_timeout: '60s',
    search_path: 'pg_catalog',
    timezone: 'UTC',
    datestyle: 'ISO',
    intervalstyle: 'iso_8601',
    extra_float_digits: '1',
    bytea_output: 'hex',
  })
    .map(([name, value]) => `-c ${name}=${value}`)
    .join(' ');

/** Opens connections as they are needed, none at once. */
export function openDataSource(
  { name, url }: DataSourceSetting,
  { queryTimeoutSeconds, log }: DataSourceOptions,
): DataSource {
  const pool = new Pool({
    connectionString: url,
    options: sessionOptions(queryTimeoutSeconds),
    application_name: 'sandgate dashboard',
    max: maxConnections,
    connectionTimeoutMillis: connectTimeoutMs,
    types: formatCells,
  });
  const names = createStatementNames(maxNamedStatements);
  pool.on('error', (error: Error & { code?: string }) =>
    log.warn({ dataSource: name, code: error.code }, 'a connection was lost'),
  );
  return {
    name,
    slug: slugOf(name),
    async query({ text, values, isRepeated = false, withinMilliseconds }) {
      const named = isRepeated ? names.nameOf(text) : undefined;
      const query: QueryArrayConfig = {
        text,
        values: [...values],
        rowMode: 'array',
        ...(named !== undefined && { name: named }),
      };
      if (withinMilliseconds === undefined) return (await pool.query(query)).rows;
      return (await queryWithin(pool, query, Math.min(withinMilliseconds, queryTimeoutSeconds * 1000))).rows;
    },
    close: () => pool.end(),
  };
}

/** A time-out of its own is a setting of the transaction, so that the connection goes back as it was. */
async function queryWithin(pool: Pool, query: QueryArrayConfig, milliseconds: number): Promise<QueryArrayResult> {
  const client = await pool.connect();
  let broken = true;
  try {
    await client.query('begin');
    await client.query("select set_config('statement_timeout', $1, true)", [String(milliseconds)]);
    try {
      return await client.query(query);
    } finally {
      await client.query('rollback');
      broken = false;
    }
  } finally {
    client.release(broken);
  }
}
