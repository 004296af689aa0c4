import { afterAll, beforeAll, beforeEach, expect, test } from '@jest/globals';
import { eventually } from '../../support/eventually.js';
import { freshDatabase, type MigratedDatabase } from '../../support/postgres.js';
import { startTcpProxy, type TcpProxy } from '../../support/tcp-proxy.js';
import { administrator, type RunningAuth, startAuth } from './running-auth.js';
import { aToken } from './tokens.js';

let databases: MigratedDatabase;
let wire: TcpProxy;
let auth: RunningAuth;

beforeAll(async () => {
  databases = await freshDatabase();
  const { hostname, port } = new URL(databases.urls.auth);
  wire = await startTcpProxy({ host: hostname, port: Number(port) });
  const databaseUrl = new URL(databases.urls.auth);
  databaseUrl.host = `127.0.0.1:${wire.port}`;
  auth = await startAuth({ databases, databaseUrl: databaseUrl.href });
});

beforeEach(() => wire.restore());

afterAll(async () => {
  wire.restore();
  await auth.stop();
  await wire.close();
  await databases.drop();
});

const asksOfABrowser: readonly (readonly [string, () => ReturnType<RunningAuth['request']>])[] = [
  ['a sign-in by token', () => auth.signIn(aToken())],
  [
    'a sign-in by password',
    () =>
      auth.request('/api/session', {
        method: 'POST',
        body: { username: administrator.email, password: administrator.password },
      }),
  ],
  [
    'the end of a session',
    () => auth.request('/api/session', { method: 'DELETE', headers: { 'x-metabase-session': 'a'.repeat(43) } }),
  ],
];

test.each(asksOfABrowser)(
  'with the database away, %s is answered 503 with Retry-After, and is served again afterwards',
  async (_what, ask) => {
    wire.cut();
    const refused = await ask();

    expect(refused).toMatchObject({ status: 503, body: { code: 'service.database_unavailable' }, session: undefined });
    expect(refused.headers.get('retry-after')).toBe('1');
    wire.restore();
    await eventually(async () => expect((await ask()).status).toBeLessThan(500));
  },
);

test('A-24: with the database away, a used token opens nothing, and is still used afterwards', async () => {
  const token = aToken();
  expect((await auth.signIn(token)).status).toBe(302);
  wire.cut();
  const away = await auth.signIn(token);
  wire.restore();

  expect(away).toMatchObject({ status: 503, body: { code: 'service.database_unavailable' }, session: undefined });
  await eventually(async () => expect((await auth.signIn(token)).status).toBe(401));
});
