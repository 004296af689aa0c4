import { createBackOff, pause } from './back-off.js';
import type { SqlClient } from './sql-client.js';
import { within } from './within.js';

const patienceMs = 3_000;

/** Whether the database answers at all, asked before a message is blamed for a failure. */
export async function databaseAnswers(database: SqlClient): Promise<boolean> {
  return within(patienceMs, Promise.resolve(database.$queryRaw`select 1`)).then(
    () => true,
    () => false,
  );
}

/** Resolves when the database answers again; rejects when `signal` aborts. */
export async function untilDatabaseAnswers(database: SqlClient, signal: AbortSignal): Promise<void> {
  const delays = createBackOff();
  while (!(await databaseAnswers(database))) {
    await pause(delays.next(), signal);
    signal.throwIfAborted();
  }
}
