import { generateKeyPairSync, randomUUID } from 'node:crypto';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { SignJWT } from 'jose';
import { type ServiceProcess, spawnService } from '../../support/spawn-service.js';
import { whileWritesLinger } from './linger.js';
import { administrator, type RunningAuth, siteUrl, startAuth } from './running-auth.js';
import { anAddress, aToken, seconds, sharedSecret, sign } from './tokens.js';

let auth: RunningAuth;

beforeAll(async () => {
  auth = await startAuth();
});

afterAll(() => auth.stop());

const sessionsOf = async (email: string): Promise<number> =>
  (
    await auth.query<{ count: number }>(
      'select count(*)::int as count from session join account on account.id = account_id where email = $1',
      [email],
    )
  )[0]?.count ?? 0;

/** An instance in a process of its own. */
async function spawnAuth(): Promise<{ process: ServiceProcess; statusOf(path: string): Promise<number> }> {
  const settings = {
    siteUrl,
    adminEmail: administrator.email,
    adminPassword: administrator.password,
    jwtSharedSecret: sharedSecret,
    refusalsPerMinute: 1000,
  };
  const process = await spawnService(fileURLToPath(new URL('auth-process.mjs', import.meta.url)), {
    env: { DATABASE_URL: auth.databases.urls.auth, SETTINGS: JSON.stringify(settings) },
    isReady: ({ output }) => output().includes('listens '),
  });
  const port = /listens (\d+)/.exec(process.output())?.[1];
  return {
    process,
    statusOf: async (path) => (await fetch(`http://127.0.0.1:${port}${path}`, { redirect: 'manual' })).status,
  };
}

/** Lets all tokens have been used that much earlier. */
const letPass = (interval: string): Promise<unknown> =>
  auth.query(
    'update used_token set first_used_at = first_used_at - $1::interval, expires_at = expires_at - $1::interval',
    [interval],
  );

/** (r, n − s) for (r, s): a signature of the same, which anybody can write who has seen the one. */
function inOtherForm(token: string): string {
  const order = 0xffffffff00000000ffffffffffffffffbce6faada7179e84f3b9cac2fc632551n;
  const [header, payload, signature = ''] = token.split('.');
  const bytes = Buffer.from(signature, 'base64url');
  const s = order - BigInt(`0x${bytes.toString('hex', 32)}`);
  const other = Buffer.concat([bytes.subarray(0, 32), Buffer.from(s.toString(16).padStart(64, '0'), 'hex')]);
  return [header, payload, other.toString('base64url')].join('.');
}

describe('a token with jti', () => {
  test('A-23: sent two hundred times at once, over two instances, opens one session', async () => {
    const other = await startAuth({ beside: auth });
    const email = anAddress();
    const token = aToken({ email });
    const answers = await Promise.all(Array.from({ length: 200 }, (_, n) => (n % 2 ? auth : other).signIn(token)));
    await other.stop();

    expect(answers.filter(({ status }) => status === 302)).toHaveLength(1);
    expect(answers.filter(({ status }) => status === 401)).toHaveLength(199);
    expect(await sessionsOf(email)).toBe(1);
    expect(await auth.announced(email)).toHaveLength(1);
  });

  test.each([
    ['with', randomUUID(), 1],
    ['without', undefined, 8],
  ])('A-23: %s jti, in statements that overlap, has one effect', async (_what, jti, sessions) => {
    const other = await startAuth({ beside: auth });
    const email = anAddress();
    const token = aToken({ email, jti });
    const answers = await whileWritesLinger(auth, 'before insert on used_token', () =>
      Promise.all(Array.from({ length: 8 }, (_, n) => (n % 2 ? auth : other).signIn(token))),
    );
    await other.stop();

    expect(answers.filter(({ status }) => status === 302)).toHaveLength(sessions);
    expect(await sessionsOf(email)).toBe(sessions);
    // Each sign-in is announced, and all as the same.
    const announced = await auth.announced(email);
    expect(announced.map(({ claimsVersion }) => claimsVersion)).toEqual(Array(sessions).fill(1));
    expect(new Set(announced.map(({ accountId }) => accountId)).size).toBe(1);
  });

  test('A-23: is used up by another token with the same jti', async () => {
    const jti = randomUUID();
    const [one, two] = [anAddress(), anAddress()];

    expect((await auth.signIn(aToken({ email: one, jti }))).status).toBe(302);
    expect((await auth.signIn(aToken({ email: two, jti }))).status).toBe(401);
    expect(await auth.query('select from account where email = $1', [two])).toEqual([]);
  });

  test('A-24: stays used when the process that took it is killed, on any instance', async () => {
    const token = aToken();
    const path = `/auth/sso?jwt=${token}`;
    const first = await spawnAuth();
    expect(await first.statusOf(path)).toBe(302);
    await first.process.kill('SIGKILL');
    const second = await spawnAuth();
    try {
      expect([await second.statusOf(path), (await auth.signIn(token)).status]).toEqual([401, 401]);
      expect(await second.statusOf(`/auth/sso?jwt=${aToken()}`)).toBe(302);
    } finally {
      await second.process.kill('SIGKILL');
    }
  });

  test('A-24: stays used when auth starts again, on any instance', async () => {
    const token = aToken();
    await auth.signIn(token);
    const restarted = await startAuth({ beside: auth });

    expect((await restarted.signIn(token)).status).toBe(401);
    await restarted.stop();
  });

  test('is asked for where the provider requires it', async () => {
    await auth.asAdministrator('PUT', '/api/providers/jwt', { requireJti: true });
    const without = await auth.signIn(sign({ email: anAddress(), iat: seconds() }));
    const withIt = await auth.signIn(aToken());
    await auth.asAdministrator('PUT', '/api/providers/jwt', { requireJti: false });

    expect([without.status, withIt.status]).toEqual([401, 302]);
  });
});

describe('a token without jti', () => {
  const withoutJti = (claims: Record<string, unknown>): string =>
    sign({ iat: seconds(), exp: seconds() + 600, ...claims });

  test('sent twice within ten seconds opens two sessions, each announced, and changes nothing the second time', async () => {
    const email = anAddress();
    const token = withoutJti({ email, level: 1 });
    await auth.signIn(token);
    await auth.signIn(aToken({ email, level: 2 }));
    const repeated = await auth.signIn(token);

    expect(repeated.status).toBe(302);
    expect(await auth.introspect(repeated.session)).toMatchObject({ active: true, claimsVersion: 2 });
    expect((await auth.announced(email)).map(({ attributes }) => attributes)).toEqual([
      { level: 1 },
      { level: 2 },
      { level: 2 },
    ]);
    expect((await auth.announced(email)).map(({ claimsVersion }) => claimsVersion)).toEqual([1, 2, 2]);
  });

  test('A-23: of a new person, sent twenty times at once over two instances, makes one account of one version, and announces each', async () => {
    const other = await startAuth({ beside: auth });
    const email = anAddress();
    const token = withoutJti({ email });
    const answers = await Promise.all(Array.from({ length: 20 }, (_, n) => (n % 2 ? auth : other).signIn(token)));
    await other.stop();

    expect(answers.map(({ status }) => status)).toEqual(answers.map(() => 302));
    expect(await sessionsOf(email)).toBe(20);
    const announced = await auth.announced(email);
    expect(announced.map(({ claimsVersion }) => claimsVersion)).toEqual(Array(20).fill(1));
    expect(new Set(announced.map(({ accountId }) => accountId)).size).toBe(1);
  });

  test('A-23: is refused after ten seconds, and leaves nothing', async () => {
    const email = anAddress();
    const token = withoutJti({ email });
    await auth.signIn(token);
    await letPass('9 seconds');
    expect((await auth.signIn(token)).status).toBe(302);
    await letPass('1 second');
    const before = await auth.traces();

    expect((await auth.signIn(token)).status).toBe(401);
    expect(await auth.traces()).toEqual(before);
  });

  test('A-23: is the same token with its ES256 signature in the other form', async () => {
    const { privateKey, publicKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' });
    const pem = publicKey.export({ type: 'spki', format: 'pem' });
    await auth.asAdministrator('POST', '/api/providers', { name: 'curve', kind: 'jwt', settings: { enabled: true } });
    await auth.asAdministrator('POST', '/api/providers/curve/keys', { algorithm: 'ES256', publicKey: pem });
    const email = anAddress();
    const claims = { email, iat: seconds(), exp: seconds() + 600 };
    const token = await new SignJWT(claims).setProtectedHeader({ alg: 'ES256' }).sign(privateKey);

    expect((await auth.signIn(token)).status).toBe(302);
    expect((await auth.signIn(inOtherForm(token))).status).toBe(302);
    expect((await auth.announced(email)).map(({ claimsVersion }) => claimsVersion)).toEqual([1, 1]);
    await letPass('10 seconds');

    expect((await auth.signIn(inOtherForm(token))).status).toBe(401);
    expect((await auth.signIn(token)).status).toBe(401);
    expect(await sessionsOf(email)).toBe(2);
    await auth.asAdministrator('DELETE', '/api/providers/curve');
  });

  test('A-26: repeated by somebody who was deactivated in between is refused', async () => {
    const email = anAddress();
    const token = withoutJti({ email });
    await auth.signIn(token);
    await auth.query("update account set status = 'deactivated' where email = $1", [email]);

    expect((await auth.signIn(token)).status).toBe(401);
  });
});

describe('what is remembered of a token', () => {
  const rememberedFor = async (token: string): Promise<number | undefined> => {
    await auth.query('delete from used_token');
    await auth.signIn(token);
    const rows = await auth.query<{ seconds: number }>(
      'select round(extract(epoch from expires_at - now()))::int as seconds from used_token',
    );
    return rows[0]?.seconds;
  };

  test('is kept until it could not verify under the longest maximum age that the settings allow', async () => {
    expect(await rememberedFor(aToken({ exp: undefined }))).toBeGreaterThan(3590);
    expect(await rememberedFor(aToken({ exp: seconds() + 86_400 }))).toBeGreaterThan(3590);
    expect(await rememberedFor(aToken({ exp: seconds() + 100 }))).toBeLessThanOrEqual(100);
  });

  test('outlives a longer maximum age that is set later', async () => {
    const token = aToken({ iat: seconds() - 170, exp: undefined });
    await auth.signIn(token);
    await letPass('10 minutes');
    await auth.service.jobs[0]?.run();
    await auth.asAdministrator('PUT', '/api/providers/jwt', { maxTokenAgeSeconds: 3600 });
    const replayed = await auth.signIn(token);
    await auth.asAdministrator('PUT', '/api/providers/jwt', { maxTokenAgeSeconds: 180 });

    expect(replayed.status).toBe(401);
  });
});
