import { createHash } from 'node:crypto';
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { migrate } from '@sandgate/migrations';
import pg from 'pg';
import { applyMigrations } from '../../../prisma/src/apply-migrations.js';
import { sqlOfDifference } from '../../../prisma/src/difference.js';
import { type MigrationHistory, readHistory } from '../../../prisma/src/migration-files.js';
import { roles, schemaNames, serviceSchemas } from '../../../prisma/src/role.js';
import { type PostgresServer, startPostgres } from '../../support/postgres-server.js';
import { startProcess } from '../../support/start-process.js';

// A server of its own: roles and their passwords belong to the server, not to a database.
let server: PostgresServer;
let urls: Awaited<ReturnType<typeof prepare>>;

beforeAll(async () => {
  server = await startPostgres({ version: 'oldest' });
  urls = await prepare('ready');
});

afterAll(() => server.dispose());

// Every character that means something in a URL or in SQL.
const passwords = (suffix = '') =>
  Object.fromEntries(roles.map((role) => [role, `a:/?#@%41 '"é${suffix}`])) as Record<(typeof roles)[number], string>;

const prepare = (databaseName: string, options: { suffix?: string; lines?: string[] } = {}) =>
  migrate({
    adminUrl: server.adminUrl,
    databaseName,
    rolePasswords: passwords(options.suffix),
    log: (line) => options.lines?.push(line),
  });

const rowsOf = async (url: string, sql: string): Promise<Record<string, unknown>[]> => {
  const client = new pg.Client(url);
  await client.connect();
  try {
    return (await client.query<Record<string, unknown>>(sql)).rows;
  } finally {
    await client.end();
  }
};

const adminOf = (databaseName: string): string =>
  Object.assign(new URL(server.adminUrl), { pathname: `/${databaseName}` }).href;

const createDatabase = async (name: string, owner = 'postgres'): Promise<string> => {
  await rowsOf(server.adminUrl, `create database ${name} owner ${owner}`);
  return adminOf(name);
};

const history = (...migrations: MigrationHistory['migrations']): MigrationHistory => ({
  schema: 'messaging',
  prismaSchema: 'datasource db {\n  provider = "postgresql"\n}\n',
  migrations,
});

const first = {
  name: '20260101000000_first',
  sql: `create table first (id int primary key); -- one; two
    create function one() returns int language plpgsql as $$ begin return 1; end; $$;`,
};

test.each(serviceSchemas)('%s works in its own schema, in UTC', async (service) => {
  const [session] = await rowsOf(
    urls[service],
    `select current_user as role, current_schema() as schema, current_setting('timezone') as zone`,
  );

  expect(session).toEqual({ role: `sandgate_${service}`, schema: service, zone: 'UTC' });
});

test.each(serviceSchemas)(
  '%s reads and writes rows of its own tables, and cannot change the tables',
  async (service) => {
    await rowsOf(
      Object.assign(new URL(urls[service]), owner()).href,
      `create table ${service}.probe (id bigserial primary key)`,
    );

    expect(await rowsOf(urls[service], 'insert into probe default values returning id')).toEqual([{ id: '1' }]);
    expect(await rowsOf(urls[service], 'delete from probe returning id')).toEqual([{ id: '1' }]);
    await expect(rowsOf(urls[service], 'alter table probe add other int')).rejects.toThrow(/must be owner/);
    await expect(rowsOf(urls[service], 'create table other (id int)')).rejects.toThrow(/permission denied/);
    await expect(rowsOf(urls[service], 'create table public.other (id int)')).rejects.toThrow(/permission denied/);
    await expect(rowsOf(urls[service], 'delete from _prisma_migrations')).rejects.toThrow(
      /permission denied|does not exist/,
    );
    await rowsOf(adminOf('ready'), `drop table ${service}.probe`);
  },
);

test.each(serviceSchemas)('%s cannot see the schemas of the others', async (service) => {
  for (const other of serviceSchemas.filter((name) => name !== service))
    await expect(rowsOf(urls[service], `select from ${other}.anything`)).rejects.toThrow(
      /permission denied for schema/,
    );
});

test('every service may use the tables of the embedded transport', async () => {
  await rowsOf(
    Object.assign(new URL(urls.auth), owner()).href,
    'create table messaging.probe (id bigserial primary key)',
  );

  for (const service of serviceSchemas) await rowsOf(urls[service], 'insert into messaging.probe default values');

  expect(await rowsOf(urls.dashboard, 'select count(*)::int as n from messaging.probe')).toEqual([{ n: 4 }]);
  await rowsOf(adminOf('ready'), 'drop table messaging.probe');
});

const owner = () => ({ username: 'sandgate_migrate', password: encodeURIComponent(passwords().migrate) });

test('no role is more than a plain one', async () => {
  const found = await rowsOf(
    server.adminUrl,
    `select rolname from pg_roles where rolname like 'sandgate%'
       and (rolsuper or rolbypassrls or rolcreaterole or rolcreatedb or rolreplication or not rolcanlogin)`,
  );

  expect(found).toEqual([]);
});

test('starters at the same time make the same database ready once', async () => {
  const lines: string[] = [];

  const answers = await Promise.all([1, 2, 3].map(() => prepare('contended', { lines })));

  expect(new Set(answers.map((answer) => JSON.stringify(answer))).size).toBe(1);
  expect(new Set(lines).size).toBe(lines.length);
});

test('a run that finds everything in place applies nothing', async () => {
  const lines: string[] = [];

  await prepare('ready', { lines });

  expect(lines).toEqual([]);
});

test('a password that differs from the last run is the one in force', async () => {
  const changed = await prepare('ready', { suffix: ' changed' });

  expect(await rowsOf(changed.auth, 'select 1 as n')).toEqual([{ n: 1 }]);
  await expect(rowsOf(urls.auth, 'select 1')).rejects.toThrow(/password authentication failed/);
  urls = await prepare('ready');
});

test('a role without the right to create roles is refused with one sentence', async () => {
  await rowsOf(server.adminUrl, `create role weak login password 'weak'`);
  const adminUrl = Object.assign(new URL(await createDatabase('of_weak', 'weak')), {
    username: 'weak',
    password: 'weak',
  });

  const run = migrate({ adminUrl: adminUrl.href, rolePasswords: passwords(), log: () => undefined });

  await expect(run).rejects.toThrow(
    'The database role weak may not create roles; give it CREATEROLE, or use another one',
  );
});

test('a role that does not own the database is refused with one sentence', async () => {
  await rowsOf(server.adminUrl, `create role guest login createrole password 'guest'`);
  const adminUrl = Object.assign(new URL(await createDatabase('of_others')), { username: 'guest', password: 'guest' });

  const run = migrate({ adminUrl: adminUrl.href, rolePasswords: passwords(), log: () => undefined });

  await expect(run).rejects.toThrow(
    'The database role guest may not create schemas in of_others; make it the owner of the database',
  );
});

test('a migration is sent whole and recorded as Prisma does', async () => {
  const connectionString = await createDatabase('whole');

  expect(await applyMigrations({ connectionString, namespace: 'public' }, history(first))).toEqual([first.name]);

  expect(await rowsOf(connectionString, 'select one()')).toEqual([{ one: 1 }]);
  const [record] = await rowsOf(connectionString, 'select * from _prisma_migrations');
  expect(record).toMatchObject({
    migration_name: first.name,
    checksum: createHash('sha256').update(first.sql).digest('hex'),
    finished_at: expect.any(Date),
    rolled_back_at: null,
    applied_steps_count: 1,
  });
});

test('a migration that fails is named with the reason, leaves nothing behind, and can be mended', async () => {
  const database = { connectionString: await createDatabase('failed'), namespace: 'public' };
  const wrong = { name: '20260101000001_second', sql: 'create table second (id int primary key); selct 1;' };

  const failing = applyMigrations(database, history(first, wrong));

  await expect(failing).rejects.toThrow(
    'Migration messaging/20260101000001_second failed, messaging is unchanged: syntax error at or near "selct"',
  );
  expect(
    await rowsOf(database.connectionString, `select tablename from pg_tables where schemaname = 'public'`),
  ).toEqual([]);
  const mended = { ...wrong, sql: 'create table second (id int primary key);' };
  expect(await applyMigrations(database, history(first, mended))).toEqual([first.name, mended.name]);
});

test('a run that loses its connection half-way is repaired by the next one', async () => {
  const database = { connectionString: await createDatabase('interrupted'), namespace: 'public' };
  const second = { name: '20260101000001_second', sql: 'create table second (id int primary key);' };
  const dying = { ...second, sql: `${second.sql} select pg_terminate_backend(pg_backend_pid());` };

  await expect(applyMigrations(database, history(first, dying))).rejects.toThrow(/terminating connection/);

  expect(await applyMigrations(database, history(first, second))).toEqual([first.name, second.name]);
});

test('a migration that was edited after it had been applied is refused by name', async () => {
  const database = { connectionString: await createDatabase('edited'), namespace: 'public' };
  await applyMigrations(database, history(first));

  const run = applyMigrations(database, history({ ...first, sql: `${first.sql} select 1;` }));

  await expect(run).rejects.toThrow(/messaging is unchanged: edited after it was applied: 20260101000000_first/);
});

test.each(serviceSchemas)('the migrations of %s lead to its schema.prisma', async (service) => {
  const models = await readHistory(service);
  if (models.migrations.length === 0) return expect(models.prismaSchema).not.toContain('model ');

  const sql = await sqlOfDifference({ connectionString: adminOf('ready'), namespace: service }, models);

  expect(sql).toBe('');
});

test('every table has a primary key', async () => {
  const without = await rowsOf(
    adminOf('ready'),
    `select relnamespace::regnamespace || '.' || relname as name from pg_class
      where relkind in ('r', 'p') and relnamespace::regnamespace::text in (${schemaNames.map((name) => `'${name}'`)})
        and not exists (select from pg_index where indrelid = pg_class.oid and indisprimary)`,
  );

  expect(without).toEqual([]);
});

test('the one-off program lists everything that is missing from its environment at once', async () => {
  const program = new URL('../../../prisma/dist/main.js', import.meta.url).pathname;
  const env = {
    DATABASE_URL: 'mysql://x',
    AUTH_DATABASE_PASSWORD: 'short',
    MIGRATE_DATABASE_PASSWORD: 'long enough for this',
  };

  const started = await startProcess(process.execPath, [program], { env });

  expect(await started.exited).toBe('code 1');
  expect(started.output().match(/^\w+ must/gm)).toEqual([
    'DATABASE_URL must',
    'AUTH_DATABASE_PASSWORD must',
    'DIRECTORY_DATABASE_PASSWORD must',
    'PERMISSIONS_DATABASE_PASSWORD must',
    'DASHBOARD_DATABASE_PASSWORD must',
  ]);
});
