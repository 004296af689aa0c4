import { expect, it } from '@jest/globals';
import pg from 'pg';
import { emptyDatabase, freshDatabase } from './postgres.js';
import { startPostgres } from './postgres-server.js';

const query = async (url: string, sql: string): Promise<unknown[]> => {
  const client = new pg.Client({ connectionString: url });
  await client.connect();
  try {
    return (await client.query(sql)).rows;
  } finally {
    await client.end();
  }
};

it('gives each service its own schema in a fresh database', async () => {
  const database = await freshDatabase();

  for (const [service, url] of Object.entries(database.urls))
    expect(await query(url, 'select current_user as role, current_schema() as schema')).toEqual([
      { role: `sandgate_${service}`, schema: service },
    ]);

  await database.drop();
});

it('gives several at once, none of which sees the others', async () => {
  const databases = await Promise.all([1, 2, 3, 4].map(() => freshDatabase()));

  const names = await Promise.all(
    databases.map(({ adminUrl }) => query(adminUrl, 'select current_database() as name')),
  );

  expect(new Set(names.flat().map((row) => JSON.stringify(row))).size).toBe(4);
  await Promise.all(databases.map(({ drop }) => drop()));
});

it('gives an empty database too, and drops it with its last connection open', async () => {
  const database = await emptyDatabase();
  const client = new pg.Client({ connectionString: database.adminUrl });
  const ended = new Promise((resolve) => client.on('error', resolve));
  await client.connect();
  expect((await client.query('select schema_name from information_schema.schemata')).rows).not.toContainEqual({
    schema_name: 'auth',
  });

  await database.drop();

  await expect(ended).resolves.toThrow('terminating connection');
  await client.end();
});

it('keeps what is committed in a server of its own that is killed', async () => {
  const server = await startPostgres({ durable: true });
  await query(server.adminUrl, 'create table kept as select 1 as number');

  await server.kill9();
  await expect(query(server.adminUrl, 'select 1')).rejects.toThrow('ECONNREFUSED');
  await server.start();

  expect(await query(server.adminUrl, 'select number from kept')).toEqual([{ number: 1 }]);
  await server.dispose();
});
