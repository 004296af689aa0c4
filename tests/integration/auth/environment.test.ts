import { afterEach, describe, expect, test } from '@jest/globals';
import { administrator, type Change, type RunningAuth, startAuth } from './running-auth.js';
import { anAddress, aToken, seconds, sharedSecret, sign } from './tokens.js';

const anotherSecret = '9c1f7a3e5b2d4860718293a4b5c6d7e8f90a1b2c3d4e5f6071829304a5b6c7d8';

let running: RunningAuth[] = [];

afterEach(async () => {
  // The first one owns the database.
  for (const auth of running.reverse()) await auth.stop();
  running = [];
});

const start = async (change: Change = {}): Promise<RunningAuth> => {
  const auth = await startAuth(change);
  running.push(auth);
  return auth;
};

const passwordStatus = async (auth: RunningAuth, username: string, password: string): Promise<number> =>
  (await auth.request('/api/session', { method: 'POST', body: { username, password } })).status;

const tokenStatus = async (auth: RunningAuth, secret: string): Promise<number> =>
  (await auth.signIn(sign({ email: anAddress(), iat: seconds() }, { secret }))).status;

describe('the first administrator', () => {
  test('is announced once with everything, and not again by starts that change nothing', async () => {
    const auth = await start();
    await start({ beside: auth });
    await start({ beside: auth });

    const rows = await auth.query(
      'select email, status, first_administrator, claims_version, password_hash like $1 as is_hashed from account',
      ['$argon2id$%'],
    );
    expect(rows).toEqual([
      { email: administrator.email, status: 'active', first_administrator: true, claims_version: 1, is_hashed: true },
    ]);
    expect(await auth.announced(administrator.email)).toMatchObject([
      { claimsVersion: 1, firstAdministrator: true, groups: [], attributes: {} },
    ]);
  });

  test('is one, however many instances start at once', async () => {
    const auth = await start();
    await auth.query('delete from account');
    // In the order in which the relay moves them: what it is moving has arrived when its row is gone.
    await auth.query('delete from outbox');
    await auth.query('delete from messaging.deliveries');
    await auth.query('delete from signing_key');
    await Promise.all(Array.from({ length: 4 }, () => start({ beside: auth })));

    expect(await auth.query('select email from account')).toEqual([{ email: administrator.email }]);
    expect(await auth.query('select source from signing_key')).toEqual([{ source: 'environment' }]);
    expect(await auth.announced(administrator.email)).toHaveLength(1);
  });

  test('has the password of the latest start, which ends the sessions of the one before', async () => {
    const auth = await start();
    const { session } = await auth.request('/api/session', {
      method: 'POST',
      body: { username: administrator.email, password: administrator.password },
    });
    const restarted = await start({ beside: auth, adminPassword: 'another long password' });

    expect((await restarted.introspect(session)).active).toBe(false);
    expect(await passwordStatus(restarted, administrator.email, administrator.password)).toBe(401);
    expect(await passwordStatus(auth, administrator.email, 'another long password')).toBe(200);
  });

  test('keeps the stored hash and the sessions while the password stays', async () => {
    const auth = await start();
    const { session } = await auth.request('/api/session', {
      method: 'POST',
      body: { username: administrator.email, password: administrator.password },
    });
    const [before] = await auth.query('select password_hash from account');
    const restarted = await start({ beside: auth, adminEmail: administrator.email.toUpperCase() });

    expect(await auth.query('select password_hash from account')).toEqual([before]);
    expect((await restarted.introspect(session)).active).toBe(true);
  });

  test('may be another person at the next start; the earlier one stays', async () => {
    const auth = await start();
    await start({ beside: auth, adminEmail: 'second@acme.example' });

    expect(await auth.query('select email from account where first_administrator order by email')).toEqual([
      { email: administrator.email },
      { email: 'second@acme.example' },
    ]);
    expect(await auth.announced('second@acme.example')).toHaveLength(1);
  });

  test('who was not one before is announced under a new claims version', async () => {
    const auth = await start();
    await auth.query('update account set first_administrator = false');
    await start({ beside: auth });

    expect(
      (await auth.announced(administrator.email)).map(({ claimsVersion, firstAdministrator }) => [
        claimsVersion,
        firstAdministrator,
      ]),
    ).toEqual([
      [1, true],
      [2, true],
    ]);
  });

  test('A-40: is nobody who signs in by token; the start is refused with a sentence and changes nothing', async () => {
    const auth = await start();
    const email = anAddress();
    await auth.signIn(aToken({ email }));
    const before = await auth.traces();

    await expect(start({ beside: auth, adminEmail: email, jwtSharedSecret: anotherSecret })).rejects.toThrow(
      'SANDGATE_ADMIN_EMAIL: this person signs in by token already; name another address for the first administrator',
    );
    expect(await auth.traces()).toEqual(before);
    expect(await tokenStatus(auth, sharedSecret)).toBe(302);
  });

  test('has an address that is one', async () => {
    await expect(start({ adminEmail: 'm\u0131ke@acme.example' })).rejects.toThrow(
      'SANDGATE_ADMIN_EMAIL: must be a plain ASCII e-mail address',
    );
  });
});

describe('the signing key of the environment', () => {
  test('replaces the one of the start before at once, also on instances that run', async () => {
    const auth = await start();
    expect(await tokenStatus(auth, sharedSecret)).toBe(302);
    const restarted = await start({ beside: auth, jwtSharedSecret: anotherSecret });

    for (const instance of [auth, restarted]) {
      expect(await tokenStatus(instance, anotherSecret)).toBe(302);
      expect(await tokenStatus(instance, sharedSecret)).toBe(401);
    }
    expect(await auth.query('select source from signing_key')).toEqual([{ source: 'environment' }]);
  });

  test('keeps its id while it stays the same, and leaves a generated one alone', async () => {
    const auth = await start();
    const generated = (await auth.asAdministrator('POST', '/api/providers/jwt/keys')).body;
    const before = (await auth.asAdministrator('GET', '/api/providers/jwt')).body;
    const restarted = await start({ beside: auth });

    expect((await auth.asAdministrator('GET', '/api/providers/jwt')).body).toEqual(before);
    expect(await tokenStatus(restarted, generated.secret)).toBe(302);
  });
});

describe('the address of the identity provider', () => {
  test('must be one that the settings take', async () => {
    for (const identityProviderUri of ['ftp://app.example', `https://app.example/${'x'.repeat(2048)}`])
      await expect(start({ identityProviderUri })).rejects.toThrow('SANDGATE_JWT_IDENTITY_PROVIDER_URI');
  });

  test('enables the provider at each start; without it the settings stay as they are', async () => {
    const auth = await start({ identityProviderUri: undefined });
    expect((await auth.signIn(aToken())).body.code).toBe('auth.sso_disabled');
    expect((await auth.asAdministrator('GET', '/api/providers/jwt')).body).toMatchObject({
      enabled: false,
      identityProviderUri: null,
    });

    const enabled = await start({ beside: auth, identityProviderUri: 'https://app.example/sso' });
    expect((await enabled.signIn(aToken())).status).toBe(302);

    await start({ beside: auth, identityProviderUri: undefined });
    expect((await auth.asAdministrator('GET', '/api/providers/jwt')).body).toMatchObject({
      enabled: true,
      identityProviderUri: 'https://app.example/sso',
    });
  });
});
