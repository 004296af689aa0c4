import { randomBytes } from 'node:crypto';
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import pg from 'pg';
import { loadSampleDatabase } from '../../../standalone/src/demo/sample-database.js';
import { emptyDatabase, type TestDatabase } from '../../support/postgres.js';

const unique = randomBytes(4).toString('hex');
const names = { databaseName: `sample_${unique}`, readerName: `reader_${unique}` };
const silent = { info: () => undefined };
let server: TestDatabase;

beforeAll(async () => {
  server = await emptyDatabase();
});

afterAll(async () => {
  await query(server.adminUrl, `drop database if exists ${names.databaseName} with (force)`);
  await query(server.adminUrl, `drop role if exists ${names.readerName}`);
  await server.drop();
});

const load = (readerPassword = 'reader') =>
  loadSampleDatabase({ adminUrl: server.adminUrl, ...names, readerPassword, log: silent });

async function query(url: string, sql: string): Promise<Record<string, unknown>[]> {
  const client = new pg.Client({ connectionString: url });
  await client.connect();
  try {
    return (await client.query<Record<string, unknown>>(sql)).rows;
  } finally {
    await client.end();
  }
}

const ownerUrl = () => Object.assign(new URL(server.adminUrl), { pathname: `/${names.databaseName}` }).href;
const fingerprint = () =>
  query(ownerUrl(), `select count(*), md5(string_agg(i::text, '|' order by id)) from invoices i`);
const sameEverywhere = [{ count: '10000', md5: 'e6068c1677c2bf7248d8cc608b17e350' }];

test('starters at the same time load the sample once, with the same rows on every server', async () => {
  await Promise.all([load(), load(), load()]);

  expect(await fingerprint()).toEqual(sameEverywhere);
});

test('a load that died before its commit leaves nothing behind, and the next one does it again', async () => {
  await query(server.adminUrl, `drop database if exists ${names.databaseName} with (force)`);
  await query(server.adminUrl, `create database ${names.databaseName} template template0`);

  await load();

  expect(await fingerprint()).toEqual(sameEverywhere);
});

test('an earlier version of the sample is replaced', async () => {
  await load();
  await query(ownerUrl(), `delete from invoices; comment on schema public is 'Sandgate sample data, version 0'`);

  await load();

  expect(await fingerprint()).toEqual(sameEverywhere);
});

test('tables of somebody else are not touched', async () => {
  await query(server.adminUrl, `drop database if exists ${names.databaseName} with (force)`);
  await query(server.adminUrl, `create database ${names.databaseName} template template0`);
  await query(ownerUrl(), 'create table invoices (mine text); insert into invoices values ($$kept$$)');

  await expect(load()).rejects.toThrow('relation "invoices" already exists');
  expect(await query(ownerUrl(), 'select * from invoices')).toEqual([{ mine: 'kept' }]);
  await query(server.adminUrl, `drop database ${names.databaseName} with (force)`);
});

test.each([
  'insert into invoices (id) values (0)',
  'update invoices set amount = 0',
  'delete from invoices',
  'truncate invoices',
  'drop table invoices',
  'create table own (id integer)',
  'create temporary table own (id integer)',
  'create schema own',
  `set role postgres`,
])('the reader may not %s, read-only transaction or not', async (statement) => {
  const { readerUrl } = await load();
  const writing = `${readerUrl}?options=${encodeURIComponent('-c default_transaction_read_only=off')}`;

  await expect(query(readerUrl, statement)).rejects.toThrow(/read-only transaction|permission denied/);
  await expect(query(writing, statement)).rejects.toThrow(/permission denied|must be owner/);
});

test('the reader reads every table, read-only by default', async () => {
  const { readerUrl } = await load();

  for (const table of ['accounts', 'people', 'products', 'orders', 'invoices', 'reviews']) {
    expect(await query(readerUrl, `select from ${table} limit 1`)).toHaveLength(1);
  }
  expect(await query(readerUrl, 'show default_transaction_read_only')).toEqual([
    { default_transaction_read_only: 'on' },
  ]);
});

test('the password is the one of the latest load, whatever characters it has', async () => {
  const before = await load('the first');
  const after = await load(`p%41:/@ '"x`);

  await expect(query(before.readerUrl, 'select 1')).rejects.toThrow('password authentication failed');
  expect(await query(after.readerUrl, 'select 1 as one')).toEqual([{ one: 1 }]);
});

test('a role of that name which may do more than read is refused', async () => {
  await load();
  await query(server.adminUrl, `alter role ${names.readerName} createdb`);

  await expect(load()).rejects.toThrow('may do more than read');
  await query(server.adminUrl, `alter role ${names.readerName} nocreatedb`);
});
