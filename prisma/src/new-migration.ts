import { randomUUID } from 'node:crypto';
import { mkdir, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { parseArgs } from 'node:util';
import pg from 'pg';
import { applyMigrations } from './apply-migrations.js';
import { sqlOfDifference } from './difference.js';
import { type MigrationHistory, readHistory, schemaFolder } from './migration-files.js';
import { type SchemaName, schemaNames } from './role.js';
import { withScratchServer } from './scratch-server.js';

// node prisma/dist/new-migration.js [--empty] <schema> "what it does"
//
// Writes the migration that leads from the schema's migrations to its schema.prisma, for its author to read and to complete
// with what Prisma cannot say; with --empty also when they agree. DATABASE_URL may name a server to work on; a database of its
// own is made there and dropped.

const missingMigration = async (history: MigrationHistory): Promise<string> => {
  // Where all tables are written in SQL, there is nothing to compare them with.
  if (!/^model /m.test(history.prismaSchema)) return '';
  return withScratchServer((serverUrl) =>
    withScratchDatabase(serverUrl, async (connectionString) => {
      const database = { connectionString, namespace: history.schema };
      await query(connectionString, `create schema ${history.schema}`);
      await applyMigrations(database, history);
      return sqlOfDifference(database, history);
    }),
  );
};

const withScratchDatabase = async <T>(serverUrl: string, work: (url: string) => Promise<T>): Promise<T> => {
  const name = `sandgate_new_migration_${randomUUID().slice(0, 8)}`;
  await query(serverUrl, `create database ${name}`);
  try {
    return await work(Object.assign(new URL(serverUrl), { pathname: `/${name}` }).href);
  } finally {
    await query(serverUrl, `drop database ${name}`);
  }
};

const query = async (url: string, sql: string): Promise<void> => {
  const client = new pg.Client(url);
  await client.connect();
  await client.query(sql).finally(() => client.end());
};

const writeMigration = async (schema: SchemaName, sentence: string, sql: string): Promise<string> => {
  const timestamp = new Date().toISOString().replace(/\D/g, '').slice(0, 14);
  const words = sentence.toLowerCase().match(/[a-z0-9]+/g) ?? [];
  const folder = path.join(schemaFolder(schema), 'migrations', `${timestamp}_${words.join('_')}`);
  await mkdir(folder, { recursive: true });
  await writeFile(path.join(folder, 'migration.sql'), `${sql}\n`);
  return path.join(folder, 'migration.sql');
};

const run = async (): Promise<void> => {
  const { values, positionals } = parseArgs({ options: { empty: { type: 'boolean' } }, allowPositionals: true });
  const [name, sentence] = positionals;
  const schema = schemaNames.find((known) => known === name);
  if (schema === undefined || sentence === undefined || !/[a-z0-9]/i.test(sentence))
    throw new Error(`usage: new-migration [--empty] ${schemaNames.join('|')} "what it does"`);
  const sql = await missingMigration(await readHistory(schema));
  if (sql === '' && values.empty !== true)
    throw new Error(
      `The migrations of ${schema} lead to its schema.prisma already; --empty writes a file to fill by hand`,
    );
  process.stdout.write(`${await writeMigration(schema, sentence, sql)}\n\n${sql}\n`);
};

await run().catch((error: unknown) => {
  process.stderr.write(`${error instanceof Error ? error.message : String(error)}\n`);
  process.exitCode = 1;
});
