import { afterAll, beforeAll, expect, it } from '@jest/globals';
import pg from 'pg';
import { freshDatabase, type MigratedDatabase } from '../../support/postgres.js';

let database: MigratedDatabase;

beforeAll(async () => {
  database = await freshDatabase();
});

afterAll(() => database.drop());

it('runs the statements of the services on PostgreSQL 15, the oldest that is promised', async () => {
  const client = new pg.Client({ connectionString: database.urls.auth });
  await client.connect();

  const { rows } = await client.query('select current_setting($1)::int / 10000 as major', ['server_version_num']);

  expect(rows).toEqual([{ major: 15 }]);
  await client.end();
});
