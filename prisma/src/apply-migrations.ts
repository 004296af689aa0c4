import { StartRefused } from '@sandgate/service-kit';
import pg from 'pg';
import type { DatabaseSchema } from './database-schema.js';
import { type MigrationHistory, schemaFolder } from './migration-files.js';
import { noFilters, type SchemaEngine, schemaEngine } from './schema-engine.js';

/**
 * Applies what is missing of the migrations and returns their names. All of them and Prisma's own record of them are one
 * transaction: killed or failed at any point, the schema is as it was, and the next run starts from there.
 */
export const applyMigrations = async (database: DatabaseSchema, history: MigrationHistory): Promise<string[]> => {
  if (history.migrations.length === 0) return [];
  return inOneTransaction(database, async (pool, firstFailure) => {
    const engine = await schemaEngine(pool, database.namespace, history.prismaSchema);
    return applyAll(engine, history)
      .catch((error: unknown) => {
        throw new StartRefused(explain(history.schema, error, firstFailure() ?? error), { cause: error });
      })
      .finally(() => engine.free());
  });
};

const applyAll = async (engine: SchemaEngine, { schema, migrations }: MigrationHistory): Promise<string[]> => {
  const migrationsList = {
    baseDir: `${schemaFolder(schema)}migrations`,
    lockfile: { path: 'migration_lock.toml', content: 'provider = "postgresql"\n' },
    shadowDbInitScript: '',
    migrationDirectories: migrations.map(({ name, sql }) => ({
      path: name,
      migrationFile: { path: 'migration.sql', content: { tag: 'ok' as const, value: sql } },
    })),
  };
  const { appliedMigrationNames } = await engine.applyMigrations({ migrationsList, filters: noFilters });
  // Asked afterwards: on an empty schema the question is an error, which would end the transaction.
  const { editedMigrationNames } = await engine.diagnoseMigrationHistory({
    migrationsList,
    optInToShadowDatabase: false,
    filters: noFilters,
  });
  if (editedMigrationNames.length === 0) return appliedMigrationNames;
  throw new StartRefused(`edited after it was applied: ${editedMigrationNames.join(', ')}`);
};

// Only the trace of calls in the engine's message names the migration, and a failure after the first one hides the reason.
const explain = (schema: string, error: unknown, reason: unknown): string => {
  const name = /migration_name="([^"]+)"/.exec(messageOf(error))?.[1];
  const sentence = messageOf(reason)
    .split(/\n +0: /)[0]
    ?.trim();
  return `Migration ${name === undefined ? `of ${schema}` : `${schema}/${name}`} failed, ${schema} is unchanged: ${sentence}`;
};

const messageOf = (error: unknown): string => (error instanceof Error ? error.message : String(error));

// One connection, for search_path and transaction belong to it.
const inOneTransaction = async <T>(
  { connectionString, namespace }: DatabaseSchema,
  work: (pool: pg.Pool, firstFailure: () => unknown) => Promise<T>,
): Promise<T> => {
  let began = false;
  const verify: NonNullable<pg.PoolConfig['verify']> = (client, done) => {
    if (began) return done(new Error('the connection to PostgreSQL was lost'));
    began = true;
    client.query('begin').then(() => done(), done);
  };
  const options = `-c search_path=${namespace}`;
  const pool = new pg.Pool({ connectionString, max: 1, idleTimeoutMillis: 0, options, verify });
  pool.on('error', () => undefined); // the next query reports a lost connection
  const firstFailure = noteFirstFailure(pool);
  try {
    const result = await work(pool, firstFailure);
    await pool.query('commit');
    return result;
  } finally {
    await pool.end();
  }
};

const noteFirstFailure = (pool: pg.Pool): (() => unknown) => {
  let first: unknown;
  const query = pool.query.bind(pool) as (...parameters: unknown[]) => Promise<unknown>;
  const noting = (...parameters: unknown[]) =>
    query(...parameters).catch((error: unknown) => {
      first ??= error;
      throw error;
    });
  pool.query = noting as typeof pool.query;
  return () => first;
};
