import { PrismaPg } from '@prisma/adapter-pg';
import { sqltag } from '@prisma/client/runtime/client';
import type { Database } from '@sandgate/messaging';
import pg from 'pg';
import { toDatabaseError } from './database-unavailable.js';
import { createStatementNames } from './statement-names.js';

export interface DatabaseSettings {
  readonly url: string;
  /** That of the service; its role's `search_path` leads there. */
  readonly schema: string;
  /** Connections. */
  readonly max: number;
}

/** A connection that goes takes its plans along, so it outlives a quiet while. */
const idleTimeoutMillis = 300_000;

/** Milliseconds that a transaction waits for a connection, and may take, unless told otherwise. Prisma's own give up sooner than a busy machine connects. */
const patience = { maxWait: 5_000, timeout: 15_000 };

/**
 * A service's own schema, as the Prisma client that is made with the adapter. Connections prepare each statement once and plan it once,
 * whatever its parameters, for planning takes longer than running most of them. A plan outlives the size of the tables for which it was made,
 * so reading a whole table is ruled out where an index leads to the rows.
 *
 * A single SQL statement goes straight to a connection, for on Prisma's way there the process works several times as long as for the rest
 * of it. What is in a transaction, and what Prisma writes itself, goes Prisma's way. `isDatabaseUnavailable` and `sqlStateOf`
 * tell of errors of either way.
 */
export function openDatabase<Client extends Database>(
  { url, schema, max }: DatabaseSettings,
  createClient: (adapter: PrismaPg) => Client,
): Client {
  const options = '-c plan_cache_mode=force_generic_plan -c jit=off -c enable_seqscan=off';
  const pool = new pg.Pool({ connectionString: url, max, options, connectionTimeoutMillis: 5_000, idleTimeoutMillis });
  // A connection that breaks while nobody uses it is out of the pool already.
  pool.on('error', () => undefined);
  const names = createStatementNames(200);
  const statementNameGenerator = ({ sql }: { sql: string }): string => names.nameOf(sql) ?? '';
  const client = createClient(new PrismaPg(pool, { schema, statementNameGenerator }));

  const run = async (strings: TemplateStringsArray, parts: unknown[]): Promise<pg.QueryResult> => {
    const { text, values } = sqltag(strings, ...parts);
    const name = names.nameOf(text);
    return pool.query({ text, values, ...(name !== undefined && { name }) }).catch((cause: unknown) => {
      throw toDatabaseError(cause);
    });
  };
  const direct: Database = {
    $queryRaw: async <T>(strings: TemplateStringsArray, ...parts: unknown[]) => (await run(strings, parts)).rows as T,
    $executeRaw: async (strings, ...parts) => (await run(strings, parts)).rowCount ?? 0,
    $transaction: (work, limits) => client.$transaction(work, { ...patience, ...limits }),
    $disconnect: async () => {
      await client.$disconnect();
      await pool.end();
    },
  };
  return new Proxy(client, {
    get: (target, key) => Reflect.get(Object.hasOwn(direct, key) ? direct : target, key),
  });
}
