import { expect, test } from '@jest/globals';
import pg from 'pg';
import { applyMigrations } from '../../../prisma/src/apply-migrations.js';
import { readHistory } from '../../../prisma/src/migration-files.js';
import { startPostgres } from '../../support/postgres-server.js';

/** People, sessions and keys of the first version. */
const firstVersion = `
  update provider set enabled = true, issuer = 'https://host.example', revision = 5;
  insert into signing_key (id, provider, source, secret) values ('k', 'jwt', 'environment', 'a secret of the first version');
  insert into account (id, email, claims) values
    ('00000000-0000-4000-8000-000000000001', 'rene@acme.example', '{"jwt": {"attributes": {}, "groups": {"presence": "absent"}}}');
  insert into account (id, email, password_hash) values ('00000000-0000-4000-8000-000000000002', 'admin@acme.example', 'hash');
  insert into identity (provider, external_key, account_id) values ('jwt', 'rene@acme.example', '00000000-0000-4000-8000-000000000001');
  insert into session (token_hash, account_id, created_at, expires_at)
    select sha256(id::text::bytea), id, now(), now() + interval '1 day' from account`;

test('people, sessions, keys and settings of the first version of auth are what they were', async () => {
  const server = await startPostgres({ version: 'oldest' });
  const client = new pg.Client(server.adminUrl);
  try {
    const database = { connectionString: server.adminUrl, namespace: 'public' };
    const history = await readHistory('auth');
    await applyMigrations(database, { ...history, migrations: history.migrations.slice(0, 1) });
    await client.connect();
    await client.query(firstVersion);

    await applyMigrations(database, history);

    const rowsOf = async (sql: string): Promise<unknown> => (await client.query(sql)).rows;
    expect(await rowsOf('select revision from provider_revision')).toEqual([{ revision: 5 }]);
    expect(await rowsOf('select name, kind, enabled, issuer, trusted_domains from provider')).toEqual([
      { name: 'jwt', kind: 'jwt', enabled: true, issuer: 'https://host.example', trusted_domains: [] },
    ]);
    expect(await rowsOf('select id, algorithm, kind, secret, retire_at from signing_key')).toEqual([
      { id: 'k', algorithm: 'HS256', kind: 'secret', secret: 'a secret of the first version', retire_at: null },
    ]);
    expect(await rowsOf('select provider, kind, external_key from identity')).toEqual([
      { provider: 'jwt', kind: 'email', external_key: 'rene@acme.example' },
    ]);
    expect(await rowsOf('select profile_provider from account order by id')).toEqual([
      { profile_provider: 'jwt' },
      { profile_provider: null },
    ]);
    expect(await rowsOf('select provider, id is not null as listed from session order by account_id')).toEqual([
      { provider: 'jwt', listed: true },
      { provider: 'password', listed: true },
    ]);
  } finally {
    await client.end();
    await server.dispose();
  }
});
