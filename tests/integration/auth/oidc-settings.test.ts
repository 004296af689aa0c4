import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { configureProvider, redirectUri } from './code-flow.js';
import { type Answered, type RunningAuth, startAuth } from './running-auth.js';
import { aToken } from './tokens.js';

let auth: RunningAuth;
let other: RunningAuth;

beforeAll(async () => {
  auth = await startAuth();
  other = await startAuth({ beside: auth });
});

afterAll(() => auth?.stop());

const issuer = 'https://login.example/realms/one';
const secret = 'a secret that nobody reads back';
const create = (name: string, settings: Record<string, unknown>): Promise<Answered> =>
  auth.asAdministrator('POST', '/api/providers', { name, kind: 'oidc', settings });
const put = (name: string, change: Record<string, unknown>): Promise<Answered> =>
  auth.asAdministrator('PUT', `/api/providers/${name}`, { kind: 'oidc', ...change });
const read = async (name: string): Promise<Answered> => other.asAdministrator('GET', `/api/providers/${name}`);

describe('an OpenID Connect provider', () => {
  test('has defaults for what is left out, and shows of its secret only that there is one', async () => {
    const created = await create('defaults', { issuer, clientId: 'sandgate', clientSecret: secret });

    expect([created.status, created.body]).toEqual([
      201,
      {
        name: 'defaults',
        kind: 'oidc',
        enabled: false,
        issuer,
        clientId: 'sandgate',
        pkce: true,
        scopes: 'openid email profile',
        emailClaim: 'email',
        firstNameClaim: 'given_name',
        lastNameClaim: 'family_name',
        groupsClaim: 'groups',
        userProvisioning: true,
        trustedDomains: [],
        hasClientSecret: true,
        redirectUri,
      },
    ]);
    expect((await read('defaults')).body).toEqual(created.body);
    const all = await auth.asAdministrator('GET', '/api/providers');
    expect(all.body.data.map(({ name, kind }: { name: string; kind: string }) => [name, kind])).toEqual(
      expect.arrayContaining([
        ['jwt', 'jwt'],
        ['defaults', 'oidc'],
      ]),
    );
    expect(all.text + created.text + auth.logged()).not.toContain(secret);
  });

  test('can be put back as it was read, which leaves its secret as it is', async () => {
    const { body } = await create('put-back', { issuer, clientId: 'sandgate', clientSecret: secret });

    expect((await put('put-back', body)).body).toEqual(body);
    expect(await auth.query("select client_secret from provider where name = 'put-back'")).toEqual([
      { client_secret: secret },
    ]);
    expect((await put('put-back', { clientSecret: null })).body.hasClientSecret).toBe(false);
  });

  test('has a key of its own for what it seals, which no answer holds', async () => {
    await create('sealing-1', { issuer, clientId: 'sandgate' });
    await create('sealing-2', { issuer, clientId: 'sandgate' });
    const keys = await auth.query<{ state_key: Buffer }>('select state_key from provider');

    expect(keys.every(({ state_key: key }) => key.length === 32)).toBe(true);
    expect(new Set(keys.map(({ state_key: key }) => key.toString('hex'))).size).toBe(keys.length);
    const all = (await auth.asAdministrator('GET', '/api/providers')).text;
    for (const { state_key: key } of keys) expect(all).not.toContain(key.toString('base64'));
  });

  test.each([
    [{ issuer: 'http://login.example' }, 'request.invalid'],
    [{ issuer: 'https://u:p@login.example' }, 'request.invalid'],
    [{ scopes: 'email' }, 'request.invalid'],
    [{ trustedDomains: ['Acme.Example'] }, 'request.invalid'],
    [{ clientId: '' }, 'request.invalid'],
    [{ stateKey: 'mine' }, 'request.invalid'],
    [{ clientSecret: null, pkce: false }, 'auth.settings_invalid'],
    [{ emailClaim: 'iss' }, 'auth.settings_invalid'],
  ])('is refused with %j, when it is made and when it is changed', async (change, code) => {
    const settings = { issuer, clientId: 'sandgate', clientSecret: secret };
    await configureProvider(auth, 'refused', { ...settings, enabled: false });
    const before = (await read('refused')).body;

    expect((await create('never-made', { ...settings, ...change })).body.code).toBe(code);
    expect((await put('refused', change)).body.code).toBe(code);
    expect((await read('refused')).body).toEqual(before);
    expect((await read('never-made')).status).toBe(404);
  });

  test('shares the names with all other providers', async () => {
    for (const name of ['jwt', 'defaults'])
      expect((await create(name, { issuer, clientId: 'sandgate' })).body.code).toBe('auth.provider_exists');
    expect((await create('password', { issuer, clientId: 'sandgate' })).body.code).toBe('auth.settings_invalid');
    expect((await put('jwt', { enabled: true })).body.code).toBe('auth.provider_not_found');
    expect((await auth.asAdministrator('PUT', '/api/providers/defaults', { enabled: true })).body.code).toBe(
      'auth.provider_not_found',
    );
  });

  test('is gone when it has been deleted', async () => {
    await create('deleted', { issuer, clientId: 'sandgate' });

    expect((await auth.asAdministrator('DELETE', '/api/providers/deleted')).status).toBe(204);
    expect((await read('deleted')).status).toBe(404);
  });

  test('A-71: is for administrators only', async () => {
    const { session = '' } = await auth.signIn(aToken());
    const body = { name: 'theirs', kind: 'oidc', settings: { enabled: true, issuer, clientId: 'sandgate' } };
    const answered = await auth.request('/api/providers', {
      method: 'POST',
      body,
      headers: { 'x-metabase-session': session },
    });

    expect(answered.status).toBe(403);
  });
});

describe('where it is the only way in', () => {
  test('a browser without a session learns that there is one, and is sent there', async () => {
    await auth.asAdministrator('PUT', '/api/providers/jwt', { enabled: false });
    expect(await auth.introspect(undefined)).toEqual({ active: false, singleSignOn: false });
    expect((await auth.request('/auth/sso')).body.code).toBe('auth.sso_disabled');

    await put('defaults', { enabled: true, issuer: 'http://127.0.0.1:1', clientSecret: secret });
    expect(await auth.introspect(undefined)).toEqual({ active: false, singleSignOn: true });
    // Nothing answers there, which it says as it says everything.
    expect((await auth.request('/auth/sso')).body.code).toBe('auth.sign_in_refused');
  });
});

test('A-52: codes that are refused count as refused tokens do', async () => {
  const limited = await startAuth({ refusalsPerMinute: 2 });
  const statuses: number[] = [];
  for (let n = 0; n < 4; n += 1) statuses.push((await limited.request('/auth/sso/callback?code=x&state=y')).status);
  await limited.stop();

  expect(statuses).toEqual([401, 401, 429, 429]);
});
