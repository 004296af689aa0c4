import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { type Answered, administrator, providerUri, type RunningAuth, startAuth } from './running-auth.js';
import { anAddress, aToken, seconds, sign } from './tokens.js';

let auth: RunningAuth;
let other: RunningAuth;

beforeAll(async () => {
  auth = await startAuth();
  other = await startAuth({ beside: auth });
});

afterAll(async () => {
  await other.stop();
  await auth.stop();
});

const put = (change: Record<string, unknown>): Promise<Answered> =>
  auth.asAdministrator('PUT', '/api/providers/jwt', change);
const settings = async (): Promise<Answered['body']> => (await auth.asAdministrator('GET', '/api/providers/jwt')).body;
const createKey = (): Promise<Answered> => auth.asAdministrator('POST', '/api/providers/jwt/keys');
const deleteKey = (id: string): Promise<Answered> =>
  auth.asAdministrator('DELETE', `/api/providers/jwt/keys/${encodeURIComponent(id)}`);

const anySecret = {
  id: expect.stringMatching(/^[0-9a-f]{12}$/),
  algorithm: 'HS256',
  kind: 'secret',
  publicKey: null,
  jwksUri: null,
  createdAt: expect.any(String),
  lastUsedAt: null,
  retireAt: null,
};

describe('the settings of the provider', () => {
  test('are what the operator set and the defaults, with keys but without a secret', async () => {
    expect(await settings()).toEqual({
      enabled: true,
      identityProviderUri: providerUri,
      emailClaim: 'email',
      firstNameClaim: 'first_name',
      lastNameClaim: 'last_name',
      groupsClaim: 'groups',
      userProvisioning: true,
      maxTokenAgeSeconds: 180,
      requireJti: false,
      issuer: null,
      audience: null,
      trustedDomains: [],
      name: 'jwt',
      kind: 'jwt',
      keys: [{ ...anySecret, source: 'environment' }],
    });
  });

  test('can be put back as they were read', async () => {
    const read = await settings();

    expect((await put(read)).body).toEqual(read);
  });

  test('are in force on every instance when the change is answered', async () => {
    const email = anAddress();
    const claims = { email: undefined, mail: email, team: ['A'], given: 'Rene', iss: 'host', aud: ['sandgate'] };
    expect((await other.signIn(aToken(claims))).status).toBe(401);

    await put({
      emailClaim: 'mail',
      groupsClaim: 'team',
      firstNameClaim: 'given',
      issuer: 'host',
      audience: 'sandgate',
    });
    expect((await other.signIn(aToken(claims))).status).toBe(302);
    expect((await auth.signIn(aToken({ ...claims, iss: 'another' }))).status).toBe(401);
    expect(await auth.announced(email)).toMatchObject([{ firstName: 'Rene', groups: [{ names: ['A'] }] }]);

    await put({
      emailClaim: 'email',
      groupsClaim: 'groups',
      firstNameClaim: 'first_name',
      issuer: null,
      audience: null,
    });
    expect((await other.signIn(aToken())).status).toBe(302);
  });

  test('that turn the provider off turn everything of it off, on every instance', async () => {
    await put({ enabled: false });
    const before = await auth.traces();
    for (const instance of [auth, other]) {
      for (const answered of [
        await instance.signIn(aToken()),
        await instance.signIn('bad'),
        await instance.request('/auth/sso'),
      ]) {
        expect([answered.status, answered.body.code]).toEqual([400, 'auth.sso_disabled']);
      }
    }
    expect(await auth.traces()).toEqual(before);

    await put({ enabled: true, identityProviderUri: null });
    expect((await other.request('/auth/sso')).body.code).toBe('auth.sso_disabled');
    expect((await other.signIn(aToken())).status).toBe(302);

    await put({ identityProviderUri: providerUri });
    expect((await other.request('/auth/sso')).headers.get('location')).toBe(providerUri);
  });

  test('that forbid new accounts let known people in', async () => {
    const email = anAddress();
    await auth.signIn(aToken({ email }));
    await put({ userProvisioning: false });
    const known = await other.signIn(aToken({ email }));
    const unknown = await other.signIn(aToken());
    await put({ userProvisioning: true });

    expect([known.status, unknown.status]).toEqual([302, 401]);
  });

  test('that change while people sign in turn nobody away who is allowed both before and after', async () => {
    const signIns = Promise.all(Array.from({ length: 200 }, (_, n) => (n % 2 ? auth : other).signIn(aToken())));
    for (const maxTokenAgeSeconds of [170, 160, 150, 180]) await put({ maxTokenAgeSeconds });

    expect((await signIns).map(({ status }) => status)).toEqual(Array.from({ length: 200 }, () => 302));
  });

  test.each([
    [{ emailClaim: 'groups', firstNameClaim: 'exp' }, 'auth.settings_invalid', 2],
    [{ identityProviderUri: 'javascript:alert(1)', maxTokenAgeSeconds: 4 }, 'request.invalid', 2],
    [{ enabled: 'true' }, 'request.invalid', 1],
    [{ unknown: 1 }, 'request.invalid', 1],
    [{ revision: 1 }, 'request.invalid', 1],
  ])('%j is refused with every fault, and changes nothing', async (change, code, faults) => {
    const before = await settings();
    const answered = await put(change);

    expect([answered.status, answered.body.code, answered.body.details.faults.length]).toEqual([400, code, faults]);
    expect(await settings()).toEqual(before);
  });

  test('A-71: are for administrators only', async () => {
    const { session = '' } = await auth.signIn(aToken());
    const endpoints = [
      ['GET', '/api/providers/jwt'],
      ['PUT', '/api/providers/jwt'],
      ['POST', '/api/providers/jwt/keys'],
      ['DELETE', '/api/providers/jwt/keys/x'],
      ['PATCH', '/api/providers/jwt/keys/x'],
      ['GET', '/api/providers'],
      ['POST', '/api/providers'],
      ['DELETE', '/api/providers/other'],
    ] as const;
    for (const [method, path] of endpoints) {
      const body = method === 'PUT' ? { body: { enabled: false } } : {};
      expect((await auth.request(path, { method, ...body })).status).toBe(401);
      expect((await auth.request(path, { method, ...body, headers: { 'x-metabase-session': session } })).status).toBe(
        403,
      );
    }
    expect((await settings()).enabled).toBe(true);
  });
});

describe('the signing keys', () => {
  test('A-12: work everywhere from the answer that adds them, and nowhere from the answer that deletes them', async () => {
    const token = (secret: string, header = {}): string =>
      sign({ email: anAddress(), iat: seconds() }, { secret, header: { alg: 'HS256', ...header } });
    // Both instances have the settings in memory before.
    for (const instance of [auth, other]) expect((await instance.signIn(aToken())).status).toBe(302);

    const created = await createKey();
    expect(created.status).toBe(201);
    expect(created.body).toEqual({
      ...anySecret,
      source: 'generated',
      secret: expect.stringMatching(/^[0-9a-f]{64}$/),
    });
    const { id, secret } = created.body;
    for (const instance of [other, auth]) {
      expect((await instance.signIn(token(secret))).status).toBe(302);
      expect((await instance.signIn(token(secret, { kid: id }))).status).toBe(302);
      expect((await instance.signIn(aToken())).status).toBe(302);
    }
    expect(JSON.stringify(await settings())).not.toContain(secret);
    expect((await createKey()).body.code).toBe('auth.key_limit');

    expect((await deleteKey(id)).status).toBe(204);
    for (const instance of [other, auth]) {
      expect((await instance.signIn(token(secret))).status).toBe(401);
      expect((await instance.signIn(token(secret, { kid: id }))).status).toBe(401);
      expect((await instance.signIn(aToken())).status).toBe(302);
    }
  });

  test('A-12: change under sign-ins without turning anybody away', async () => {
    const signIns = Promise.all(Array.from({ length: 200 }, (_, n) => (n % 2 ? auth : other).signIn(aToken())));
    for (let round = 0; round < 3; round += 1) await deleteKey((await createKey()).body.id);

    expect((await signIns).map(({ status }) => status)).toEqual(Array.from({ length: 200 }, () => 302));
  });

  test('are never more than two, however many are asked for at once', async () => {
    const answers = await Promise.all(Array.from({ length: 5 }, () => createKey()));
    const created = answers.filter(({ status }) => status === 201);

    expect(created).toHaveLength(1);
    expect(answers.filter(({ status }) => status === 409)).toHaveLength(4);
    await deleteKey(created[0]?.body.id);
  });

  test('cannot be deleted when they come from the environment, or are none', async () => {
    const { keys } = await settings();

    expect((await deleteKey(keys[0].id)).body.code).toBe('auth.key_from_environment');
    expect((await deleteKey('unknown')).body.code).toBe('auth.key_not_found');
    expect((await deleteKey("' OR 1=1--")).body.code).toBe('auth.key_not_found');
  });

  test('never stand in the log', async () => {
    const { id, secret } = (await createKey()).body;
    await deleteKey(id);

    expect(auth.logged()).not.toContain(secret);
  });
});

test('the administrator of the environment is who may change all this', async () => {
  expect(await auth.query('select email from account where first_administrator')).toEqual([
    { email: administrator.email },
  ]);
});
