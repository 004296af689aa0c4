/** Kinds of Prisma's driver adapter for PostgreSQL. */
const kinds = new Set(['DatabaseNotReachable', 'ConnectionClosed', 'SocketTimeout', 'TooManyConnections']);

/** Codes of Prisma: no transaction could be started in time, or the one under way took too long. */
const codes = new Set(['P2024', 'P2028']);

/** PostgreSQL, appendix A: connection exceptions (class 08), shutdown, crash, start-up, too many connections. */
const sqlState = /^(08...|57P0[1-3]|53300)$/;

/** Messages of `pg`, which gives these errors no code. */
const messages = /^(Connection terminated|timeout exceeded when trying to connect)/;

/**
 * Whether an error of a database client says that the database did not answer, not that it refused the statement. The same statement may
 * succeed later; whether it took effect is not known.
 */
export function isDatabaseUnavailable(error: unknown): boolean {
  if (!(error instanceof Error)) return false;
  const { code, meta } = error as { code?: unknown; meta?: { driverAdapterError?: { cause?: DriverCause } } };
  const { kind, originalCode } = meta?.driverAdapterError?.cause ?? {};
  return (
    codes.has(String(code)) ||
    kinds.has(String(kind)) ||
    sqlState.test(String(originalCode)) ||
    messages.test(error.message)
  );
}

interface DriverCause {
  readonly kind?: string;
  readonly originalCode?: string;
}
