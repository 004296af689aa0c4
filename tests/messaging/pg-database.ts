import type { Database, SqlClient } from '@sandgate/messaging';
import pg from 'pg';

type Query = (text: string, values: unknown[]) => Promise<pg.QueryResult>;

const toSqlClient = (query: Query): SqlClient => {
  const run = (strings: TemplateStringsArray, values: unknown[]) =>
    query(
      strings.reduce((text, part, i) => `${text}$${i}${part}`),
      values,
    );
  return {
    $queryRaw: async <T>(strings: TemplateStringsArray, ...values: unknown[]) => (await run(strings, values)).rows as T,
    $executeRaw: async (strings, ...values) => (await run(strings, values)).rowCount ?? 0,
  };
};

/** A database as messaging sees it, on plain pg: the promises of messaging must not depend on one client library. */
export const pgDatabase = (connectionString: string, max = 8): Database => {
  const pool = new pg.Pool({ connectionString, max, connectionTimeoutMillis: 2_000 });
  // A connection that breaks while nobody uses it; the next query gets another.
  pool.on('error', () => undefined);
  return {
    ...toSqlClient((text, values) => pool.query(text, values)),
    async $transaction(work) {
      const connection = await pool.connect();
      try {
        await connection.query('begin');
        const result = await work(toSqlClient((text, values) => connection.query(text, values)));
        await connection.query('commit');
        return result;
      } catch (error) {
        await connection.query('rollback');
        throw error;
      } finally {
        connection.release();
      }
    },
    $disconnect: () => pool.end(),
  };
};
