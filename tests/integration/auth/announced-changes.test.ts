import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { AuthSettingsChanged, type SettingsChange } from '@sandgate/contracts';
import { administrator, type RunningAuth, startAuth } from './running-auth.js';
import { sharedSecret } from './tokens.js';

let auth: RunningAuth;
let actorId: string;

beforeAll(async () => {
  auth = await startAuth();
  actorId =
    (await auth.query<{ id: string }>('select id from account where email = $1', [administrator.email]))[0]?.id ?? '';
});

afterAll(() => auth.stop());

const announced = async (): Promise<SettingsChange[]> => {
  const rows = await auth.query<{ data: unknown }>(
    `select data from (
       select sequence, 0 as place, body::jsonb -> 'data' as data from messaging.deliveries where type = $1
       union all select sequence, 1, data from outbox where type = $1) as announced
     order by place, sequence`,
    [AuthSettingsChanged.type],
  );
  return rows.map(({ data }) => AuthSettingsChanged.data.parse(data));
};

/** What is announced while an administrator asks for something. */
async function announcedBy(method: string, path: string, body?: unknown): Promise<SettingsChange[]> {
  const earlier = (await announced()).length;
  await auth.asAdministrator(method, path, body);
  return (await announced()).slice(earlier);
}

test('what the environment sets is announced with nobody as its author, and its secret by no means', async () => {
  const [first] = await announced();

  expect(first).toMatchObject({
    what: 'provider',
    id: 'jwt',
    accountId: null,
    actorId: null,
    before: { enabled: false, keys: [] },
    after: { enabled: true, keys: [{ source: 'environment' }] },
  });
  expect(JSON.stringify(await announced())).not.toContain(sharedSecret);
});

test('a change of settings is announced once, with who, before and after', async () => {
  const change = { requireJti: true, issuer: 'https://app.example' };

  expect(await announcedBy('PUT', '/api/providers/jwt', change)).toEqual([
    {
      what: 'provider',
      id: 'jwt',
      accountId: null,
      actorId,
      before: { requireJti: false, issuer: null },
      after: change,
    },
  ]);
  expect(await announcedBy('PUT', '/api/providers/jwt', change)).toEqual([]);
  expect(await announcedBy('PUT', '/api/providers/jwt', { emailClaim: 'exp' })).toEqual([]);
});

test('a key that is made and deleted is announced once each, without its secret', async () => {
  const made = await announcedBy('POST', '/api/providers/jwt/keys');
  const keys = (made[0]?.after?.['keys'] ?? []) as { id: string; source: string }[];
  const key = keys.find(({ source }) => source === 'generated');
  const [{ secret } = { secret: '' }] = await auth.query<{ secret: string }>(
    'select secret from signing_key where id = $1',
    [key?.id],
  );
  const deleted = await announcedBy('DELETE', `/api/providers/jwt/keys/${key?.id}`);

  expect(made).toMatchObject([{ what: 'provider', id: 'jwt', actorId }]);
  expect(deleted).toMatchObject([{ actorId, before: made[0]?.after ?? {}, after: made[0]?.before ?? {} }]);
  expect(secret).toHaveLength(64);
  expect(JSON.stringify(await announced())).not.toContain(secret);
});

test('a provider that is made and deleted is announced once each', async () => {
  const made = await announcedBy('POST', '/api/providers', { name: 'second', kind: 'jwt' });
  const deleted = await announcedBy('DELETE', '/api/providers/second');

  const about = { what: 'provider', id: 'second', actorId };
  expect(made).toMatchObject([{ ...about, before: null, after: { enabled: false, keys: [] } }]);
  expect(deleted).toMatchObject([{ ...about, before: { enabled: false, keys: [] }, after: null }]);
});

test('an OpenID Connect provider is announced when it is made, changed and deleted; of its secret only that it is another one', async () => {
  const settings = { issuer: 'https://login.example', clientId: 'sandgate', clientSecret: 'nobody may know this one' };
  const path = '/api/providers/okta';

  expect(await announcedBy('POST', '/api/providers', { name: 'okta', kind: 'oidc', settings })).toMatchObject([
    { what: 'provider', id: 'okta', actorId, before: null, after: { issuer: settings.issuer, clientSecret: 'given' } },
  ]);
  expect(await announcedBy('PUT', path, { kind: 'oidc', enabled: true })).toMatchObject([
    { id: 'okta', before: { enabled: false }, after: { enabled: true } },
  ]);
  expect(await announcedBy('PUT', path, { kind: 'oidc', clientSecret: 'nor this' })).toMatchObject([
    { before: { clientSecret: 'given' }, after: { clientSecret: 'replaced' } },
  ]);
  expect(await announcedBy('PUT', path, { kind: 'oidc', enabled: true })).toEqual([]);
  expect(await announcedBy('DELETE', path)).toMatchObject([
    { id: 'okta', before: { kind: 'oidc', issuer: settings.issuer }, after: null },
  ]);
  for (const secret of [settings.clientSecret, 'nor this'])
    expect(JSON.stringify(await announced())).not.toContain(secret);
});
