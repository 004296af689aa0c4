import pg from 'pg';

/** Kinds of Prisma's driver adapter for PostgreSQL. */
const kinds = new Set(['DatabaseNotReachable', 'ConnectionClosed', 'SocketTimeout', 'TooManyConnections']);

/** Codes of Prisma: no transaction could be started in time, or the one under way took too long. */
const codes = new Set(['P2024', 'P2028']);

/** PostgreSQL, appendix A: connection exceptions (class 08), shutdown, crash, start-up, too many connections. */
const sqlState = /^(08...|57P0[1-3]|53300)$/;

/** Messages of `pg`, which gives these errors no code. */
const messages = /^(Connection terminated|timeout exceeded when trying to connect)/;

/** System errors, such as ECONNREFUSED; not Node's own ERR_…, which are faults of a program. */
const systemError = /^E(?!RR_)[A-Z0-9]+$/;

class DatabaseUnavailable extends Error {
  override readonly name = 'DatabaseUnavailable';
}

/** An error of `pg`, told apart from those of other connections where none could be had or it broke. */
export const toDatabaseError = (cause: unknown): unknown => {
  if (!(cause instanceof Error) || cause instanceof pg.DatabaseError) return cause;
  const isBroken = systemError.test(String((cause as { code?: unknown }).code)) || messages.test(cause.message);
  return isBroken ? new DatabaseUnavailable('the database does not answer', { cause }) : cause;
};

/** The code of an error that PostgreSQL itself answered (its documentation, appendix A), whichever way it came here. */
export const sqlStateOf = (error: unknown): string | undefined => {
  const { code, meta } = error as { code?: unknown; meta?: Meta };
  const state = error instanceof pg.DatabaseError ? code : meta?.driverAdapterError?.cause?.originalCode;
  return typeof state === 'string' ? state : undefined;
};

/**
 * Whether an error of a database client says that the database did not answer, not that it refused the statement. The same statement may
 * succeed later; whether it took effect is not known.
 */
export function isDatabaseUnavailable(error: unknown): boolean {
  if (!(error instanceof Error)) return false;
  if (error instanceof DatabaseUnavailable) return true;
  const { code, meta } = error as { code?: unknown; meta?: Meta };
  return (
    codes.has(String(code)) ||
    kinds.has(String(meta?.driverAdapterError?.cause?.kind)) ||
    sqlState.test(String(sqlStateOf(error))) ||
    messages.test(error.message)
  );
}

/** Of an error that came through Prisma. */
interface Meta {
  readonly driverAdapterError?: { readonly cause?: { readonly kind?: string; readonly originalCode?: string } };
}
