import { afterAll, afterEach, beforeAll, expect, test } from '@jest/globals';
import type { CatalogueDatabase } from '@sandgate/contracts';
import pg from 'pg';
import { eventually } from '../../support/eventually.js';
import { freshDatabase, type MigratedDatabase } from '../../support/postgres.js';
import { createSource, type TestSource } from './support/data-source.js';
import { type RunningDashboard, startDashboard, unrestricted } from './support/start-dashboard.js';

const schema = `
  create extension citext;
  create extension pg_stat_statements;
  create collation any_case (provider = icu, locale = 'und-u-ks-level2', deterministic = false);
  create domain account_number as bigint;
  create domain own_account as account_number check (value > 0);
  create type mood as enum ('good', 'bad');
  create table accounts (id integer primary key, region text, hidden_pin text);
  create table kinds (
    a smallint, b integer, c bigint, d numeric(10, 2), e real, f double precision, g text, h varchar(20), i char(5), j boolean, k date,
    l timestamp, m timestamptz, n uuid, o json, p jsonb, q text[], r mood, s own_account, t text collate any_case, u time, v "char", w citext,
    dropped integer);
  alter table kinds drop column dropped;
  create table invoices (id integer primary key, account_id integer references accounts, other_id integer);
  create table lines (invoice integer, place integer, note text, primary key (invoice, place));
  create table notes (invoice integer, place integer, foreign key (invoice, place) references lines);
  create table parts (id integer, day date) partition by range (day);
  create table parts_2026 partition of parts for values from ('2026-01-01') to ('2027-01-01');
  create table parents (id integer primary key);
  create table children () inherits (parents);
  create table uses_parent (parent_id integer references parents);
  create view open_invoices as select id, account_id from invoices;
  create materialized view invoice_counts as select account_id, count(*) as n from invoices group by 1;
  create table secrets (id integer primary key);
  create schema private;
  create table private.hidden (id integer);`;

let database: MigratedDatabase;
let source: TestSource;
let running: RunningDashboard[] = [];

beforeAll(async () => {
  source = await createSource(schema);
  await source.sql(`
    revoke select on secrets from ${source.reader};
    revoke select on accounts from ${source.reader};
    grant select (id, region) on accounts to ${source.reader}`);
});

afterEach(async () => {
  await Promise.all(running.map((one) => one.stop()));
  running = [];
  await database.drop();
});

afterAll(() => source.drop());

async function start(): Promise<RunningDashboard> {
  const dashboard = await startDashboard({
    database,
    sources: [source.setting],
    standIn: { decide: () => unrestricted },
  });
  running.push(dashboard);
  return dashboard;
}

interface Announced {
  readonly revision: number;
  readonly database: CatalogueDatabase;
}

/** What was announced so far, oldest first, as it lies in the queue of permissions. */
async function announced(): Promise<Announced[]> {
  const client = new pg.Client({ connectionString: database.adminUrl });
  await client.connect();
  try {
    const { rows } = await client.query<{ body: string }>('select body from messaging.deliveries order by sequence');
    return rows.map(({ body }) => JSON.parse(body).data);
  } finally {
    await client.end();
  }
}

const latest = (count: number): Promise<Announced> =>
  eventually(async () => {
    const all = await announced();
    expect(all).toHaveLength(count);
    return all.at(-1) as Announced;
  });

test('the catalogue holds what the reader may select, each column with its kind', async () => {
  database = await freshDatabase();
  await start();

  const { revision, database: catalogue } = await latest(1);
  const tables = new Map(catalogue.tables.map((table) => [table.name, table]));

  expect(revision).toBe(1);
  expect(catalogue.name).toBe('Shop Data');
  expect([...tables.keys()]).toEqual([
    'accounts',
    'children',
    'invoice_counts',
    'invoices',
    'kinds',
    'lines',
    'notes',
    'open_invoices',
    'parents',
    'parts',
    'uses_parent',
  ]);
  expect(tables.get('accounts')?.columns).toEqual([
    { name: 'id', type: 'integer' },
    { name: 'region', type: 'text' },
  ]);
  expect(tables.get('kinds')?.columns.map(({ name, type }) => `${name} ${type}`)).toEqual([
    ...[
      'a integer',
      'b integer',
      'c integer',
      'd decimal',
      'e float',
      'f float',
      'g text',
      'h text',
      'i other',
      'j boolean',
      'k date',
    ],
    ...[
      'l timestamp',
      'm timestamptz',
      'n uuid',
      'o other',
      'p other',
      'q other',
      'r other',
      's integer',
      't other',
      'u other',
      'v other',
      'w other',
    ],
  ]);
  expect(tables.get('invoices')?.foreignKeys).toEqual([
    { columns: ['account_id'], referencedTableId: tables.get('accounts')?.id, referencedColumns: ['id'] },
  ]);
  expect(tables.get('notes')?.foreignKeys).toEqual([
    {
      columns: ['invoice', 'place'],
      referencedTableId: tables.get('lines')?.id,
      referencedColumns: ['invoice', 'place'],
    },
  ]);
  expect(tables.get('uses_parent')?.foreignKeys).toEqual([]);
});

test('a change of the database is announced once, whole, with a higher revision', async () => {
  database = await freshDatabase();
  const dashboard = await start();
  const { database: before } = await latest(1);

  await dashboard.refresh();
  await source.sql(`create table additions (id integer primary key); grant select on additions to ${source.reader}`);
  await dashboard.refresh();
  await dashboard.refresh();

  const { revision, database: after } = await latest(2);
  expect(revision).toBe(2);
  expect(after.tables.filter(({ name }) => name !== 'additions')).toEqual(before.tables);
  expect(after.tables.find(({ name }) => name === 'additions')?.columns).toEqual([{ name: 'id', type: 'integer' }]);
  await source.sql('drop table additions');
});

test('a table that comes back has the id that it had', async () => {
  database = await freshDatabase();
  const dashboard = await start();
  const grant = `grant select on kinds to ${source.reader}`;
  const { database: before } = await latest(1);

  await source.sql(`revoke select on kinds from ${source.reader}`);
  await dashboard.refresh();
  const { database: without } = await latest(2);
  await source.sql(grant);
  await dashboard.refresh();

  expect(without.tables.map(({ name }) => name)).not.toContain('kinds');
  expect((await latest(3)).database).toEqual(before);
});

test('a restart finds the catalogue as it was, and announces nothing', async () => {
  database = await freshDatabase();
  const first = await start();
  await latest(1);
  const id = await first.idOf('invoices');

  const second = await start();

  expect(await second.idOf('invoices')).toBe(id);
  expect((await second.get('/api/tables', '1.1')).body.total).toBe(11);
  await latest(1);
});

test('instances that start and look at the same time agree on every id and revision', async () => {
  database = await freshDatabase();
  const instances = await Promise.all([start(), start(), start()]);
  await latest(1);

  await source.sql(`create table additions (id integer primary key); grant select on additions to ${source.reader}`);
  await Promise.all([...instances, ...instances].map((instance) => instance.refresh()));

  const { revision, database: catalogue } = await latest(2);
  const lists = await Promise.all(instances.map((instance) => instance.get('/api/tables', '1.1')));
  expect(revision).toBe(2);
  for (const { body } of lists) {
    expect(body.data.map(({ id }: { id: number }) => id)).toEqual(catalogue.tables.map(({ id }) => id));
  }
  await source.sql('drop table additions');
});

test('a resync announces the whole catalogue again, at its revision', async () => {
  database = await freshDatabase();
  const dashboard = await start();
  const first = await latest(1);

  expect(await dashboard.resync()).toBe(1);

  expect(await latest(2)).toEqual(first);
});
