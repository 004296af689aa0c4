import { Failure } from '@sandgate/contracts';

interface DatabaseError extends Error {
  /** An SQLSTATE of PostgreSQL, or a code of Node for a connection that failed. */
  readonly code?: string;
  readonly routine?: string;
}

const queryCanceled = '57014';

/** A table, column, type or right that was there when the catalogue was made; `0A000` is a prepared statement whose table has changed. */
const catalogueIsOld = new Set(['42P01', '42703', '42883', '42804', '42501', '3F000', '0A000']);

/** Classes of SQLSTATE whose message speaks of the server and of names, and no code for this side's own. Others may quote somebody's data. */
const speaksOfNoData = /^(08|28|3D|3F|42|53|55|57|58|$)/;

/** The failure that a database error is to whoever asked. What the database said goes no further than the log. */
export function describeDatabaseError(error: unknown): Failure {
  const { code = '', message, routine } = error as DatabaseError;
  const said = speaksOfNoData.test(code) ? `: ${message}` : '';
  const cause = new Error(`database error ${code || 'without code'}${routine ? ` in ${routine}` : ''}${said}`);
  if (code === queryCanceled) return new Failure('dashboard.query_timeout', { cause });
  return new Failure(catalogueIsOld.has(code) ? 'dashboard.catalogue_differs' : 'dashboard.query_failed', { cause });
}
