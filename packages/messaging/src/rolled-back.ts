import type { Database, SqlClient, TransactionOptions } from './sql-client.js';

/**
 * Runs work in a transaction that is rolled back whatever comes of it, and answers what the work answers. What it has written is seen by
 * nobody else and does not stay; only numbers that a sequence gave are gone.
 */
export async function rolledBack<Tx extends SqlClient, Result>(
  database: Database<Tx>,
  work: (tx: Tx) => Promise<Result>,
  options?: TransactionOptions,
): Promise<Result> {
  const undo = new Undo<Result>();
  try {
    return await database.$transaction(async (tx): Promise<never> => {
      undo.result = await work(tx);
      throw undo;
    }, options);
  } catch (error) {
    if (error !== undo) throw error;
    return undo.result as Result;
  }
}

/** Thrown out of a transaction, which is how Prisma is told to roll it back. */
class Undo<Result> extends Error {
  result: Result | undefined;
}
