import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import { type EventData, SignInRefused } from '@sandgate/contracts';
import { eventually } from '../../support/eventually.js';
import { startOpenIdProvider } from '../../support/openid-provider.js';
import { freshDatabase } from '../../support/postgres.js';
import { startTcpProxy } from '../../support/tcp-proxy.js';
import { configureProvider, openCodeFlow, redirectUri } from './code-flow.js';
import { type Answered, administrator, type Change, type RunningAuth, startAuth } from './running-auth.js';
import { anAddress, aToken, sign } from './tokens.js';

let auth: RunningAuth;
/** So few that none comes back while a test runs: each takes half a minute. */
const perMinute = 2;

const start = async (change: Change = {}): Promise<void> => {
  auth = await startAuth({ refusalsPerMinute: perMinute, ...change });
};

afterEach(() => auth.stop());

const times = <T>(count: number, make: (n: number) => Promise<T>): Promise<T[]> =>
  Promise.all(Array.from({ length: count }, (_, n) => make(n)));

const badToken = (): string => sign({ email: anAddress(), iat: 1, exp: 2 }, { secret: 'somebody else has this one' });

const from = (address: string): Record<string, string> => ({ 'x-forwarded-for': address });

const present = (token: string, headers: Record<string, string> = {}): Promise<Answered> =>
  auth.request(`/auth/sso?jwt=${token}`, { headers });

const guess = (password: string, headers: Record<string, string> = {}): Promise<Answered> =>
  auth.request('/api/session', { method: 'POST', body: { username: administrator.email, password }, headers });

const announced = async (instance = auth): Promise<EventData<typeof SignInRefused>[]> => {
  const rows = await instance.query<{ data: unknown }>(
    `select data from (
       select body::jsonb -> 'data' as data from messaging.deliveries where type = $1
       union all select data from outbox where type = $1) as announced`,
    [SignInRefused.type],
  );
  return rows.map(({ data }) => SignInRefused.data.parse(data));
};

const sum = (refusals: readonly { count: number }[]): number => refusals.reduce((total, { count }) => total + count, 0);

describe('A-52: a source whose tokens were refused too often', () => {
  beforeEach(() => start());

  test('is answered 429 with Retry-After, and nothing of it is written', async () => {
    const before = await auth.traces();

    const answers = await times(200, () => auth.signIn(badToken()));

    const refused = answers.filter(({ status }) => status === 401);
    const held = answers.filter(({ status }) => status === 429);
    expect([refused.length, held.length]).toEqual([perMinute, 198]);
    expect(held[0]?.body).toMatchObject({ code: 'auth.too_many_refusals' });
    for (const { headers } of held) expect(headers.get('retry-after')).toMatch(/^[1-9]\d?$/);
    expect(await auth.traces()).toEqual(before);
  });

  test('cannot hold back those beside it who have valid tokens, nor their passwords', async () => {
    const [, accepted] = await Promise.all([
      times(200, () => auth.signIn(badToken())),
      times(50, () => auth.signIn(aToken())),
    ]);

    expect(accepted.map(({ status }) => status)).toEqual(Array(50).fill(302));
    expect((await auth.signIn(badToken())).status).toBe(429);
    expect((await auth.signIn(aToken())).status).toBe(302);
    expect((await guess(administrator.password)).status).toBe(200);
  });

  test('learns nothing of a token: one that is well signed and refused is answered the same', async () => {
    const used = aToken();
    await auth.signIn(used);
    await times(perMinute, () => auth.signIn(badToken()));

    const [ill, well] = await Promise.all([auth.signIn(badToken()), auth.signIn(used)]);

    expect([ill?.status, well?.status]).toEqual([429, 429]);
    expect({ ...ill?.body, id: '' }).toEqual({ ...well?.body, id: '' });
  });

  test('is told apart by its own address, whatever it says of itself', async () => {
    await times(perMinute, (n) => present(badToken(), from(`198.51.100.${n}`)));

    expect((await present(badToken(), from('203.0.113.7'))).status).toBe(429);
  });
});

test('A-52: no refusal asks the database once there were too many', async () => {
  const databases = await freshDatabase();
  const { hostname, port } = new URL(databases.urls.auth);
  const wire = await startTcpProxy({ host: hostname, port: Number(port) });
  const databaseUrl = Object.assign(new URL(databases.urls.auth), { host: `127.0.0.1:${wire.port}` }).href;
  await start({ databases, databaseUrl });
  try {
    await times(perMinute, () => auth.signIn(badToken()));
    wire.cut();

    const answers = await times(50, () => auth.signIn(badToken()));

    expect(answers.map(({ status }) => status)).toEqual(Array(50).fill(429));
  } finally {
    wire.restore();
    await auth.stop();
    await wire.close();
    await databases.drop();
  }
});

test('passwords of a source that guessed wrong too often are not even looked at', async () => {
  await start({ refusalsPerMinute: 3 });
  for (let n = 0; n < 3; n += 1) expect((await guess(`wrong ${n}`)).status).toBe(401);

  const right = await guess(administrator.password);

  expect(right).toMatchObject({ status: 429, body: { code: 'auth.too_many_refusals' }, session: undefined });
  expect(Number(right.headers.get('retry-after'))).toBeGreaterThan(0);
  expect((await auth.signIn(aToken())).status).toBe(302);
});

test('guesses of the current password and of links count with those at the sign-in, and nothing else does', async () => {
  await start({ refusalsPerMinute: 4 });
  const { session = '' } = await guess(administrator.password);
  const change = (currentPassword: string, newPassword: string): Promise<Answered> =>
    auth.request('/api/password', {
      method: 'PUT',
      body: { currentPassword, newPassword },
      headers: { 'x-metabase-session': session },
    });
  const reset = (token: string): Promise<Answered> =>
    auth.request('/api/password-reset', { method: 'POST', body: { token, password: 'a sentence that nobody has' } });
  const statuses = async (attempts: (() => Promise<Answered>)[]): Promise<number[]> => {
    const answered: number[] = [];
    for (const attempt of attempts) answered.push((await attempt()).status);
    return answered;
  };

  // Right, or not good enough: no guess.
  expect(await statuses(Array(5).fill(() => change(administrator.password, 'short')))).toEqual(Array(5).fill(400));
  const wrong = [() => change('wrong', 'short'), () => reset('wrong'), () => guess('wrong'), () => reset('wrong')];
  expect(await statuses(wrong)).toEqual([403, 400, 401, 400]);
  const held = [
    await change(administrator.password, 'a sentence that nobody has'),
    await reset('wrong'),
    await guess(administrator.password),
  ];
  expect(held.map(({ status, body }) => [status, body.code])).toEqual(Array(3).fill([429, 'auth.too_many_refusals']));
  for (const { headers } of held) expect(headers.get('retry-after')).toMatch(/^[1-9]\d?$/);
  await eventually(async () => expect(sum(await announced())).toBe(7));
  const codes = new Set((await announced()).map(({ code }) => code));
  expect([...codes].sort()).toEqual([
    'auth.current_password_wrong',
    'auth.password_reset_invalid',
    'auth.password_wrong',
    'auth.too_many_refusals',
  ]);
});

test('A-52: codes of a source that came with too many bad ones are neither looked up nor shown to the provider', async () => {
  await start({ refusalsPerMinute: 3 });
  const provider = await startOpenIdProvider({ redirectUri });
  try {
    await configureProvider(auth, 'corporate', { issuer: provider.issuer });
    const tab = await openCodeFlow(auth, '?provider=corporate');
    const bogus = await provider.signIn(tab.location);
    bogus.searchParams.set('code', 'made-up');
    const exchanges = (): number => provider.asked.filter((one) => one.startsWith('POST')).length;

    for (let n = 0; n < 3; n += 1) expect((await tab.comeBack(bogus)).status).toBe(401);
    const exchanged = exchanges();
    const held = await times(20, () => tab.comeBack(bogus));

    expect(held.map(({ status, body }) => [status, body.code])).toEqual(
      Array(20).fill([429, 'auth.too_many_refusals']),
    );
    expect(exchanges()).toBe(exchanged);
    for (const { headers } of held) expect(headers.get('retry-after')).toMatch(/^[1-9]\d?$/);
    // They hold back neither tokens nor passwords.
    expect([(await auth.signIn(aToken())).status, (await guess(administrator.password)).status]).toEqual([302, 200]);
    await eventually(async () => expect(sum(await announced())).toBe(23));
    const reasons = new Map((await announced()).map(({ code, provider: name }) => [code, name]));
    expect(Object.fromEntries(reasons)).toEqual({
      'auth.oidc_code_refused': 'corporate',
      'auth.too_many_refusals': null,
    });
  } finally {
    await provider.stop();
  }
});

test('behind a trusted proxy each client is a source of its own, by the address that the proxy adds', async () => {
  await start({ refusalsPerMinute: 2, trustedProxies: ['127.0.0.1'] });
  const bad = from('203.0.113.7');
  await times(3, () => present(badToken(), bad));

  expect((await present(badToken(), bad)).status).toBe(429);
  expect((await present(badToken(), from('198.51.100.9, 203.0.113.7'))).status).toBe(429);
  expect((await present(badToken(), from('203.0.113.8'))).status).toBe(401);
  expect((await guess('wrong', from('203.0.113.8'))).status).toBe(401);
});

describe('refusals are announced', () => {
  test('one event for a source and a reason, with their number, and nothing of the tokens', async () => {
    await start();
    const tokens = [...Array.from({ length: 100 }, badToken), ...Array.from({ length: 3 }, () => `${aToken()}=`)];
    await times(tokens.length, (n) => auth.signIn(tokens[n] ?? ''));
    await guess('wrong password');

    await eventually(async () => expect(sum(await announced())).toBe(104));

    const refusals = await announced();
    expect(refusals.length).toBeLessThan(20);
    const counted = new Map<string, number>();
    for (const { code, count } of refusals) counted.set(code, (counted.get(code) ?? 0) + count);
    expect(Object.fromEntries(counted)).toEqual({
      'auth.token_signature': 100,
      'auth.token_malformed': 3,
      'auth.password_wrong': 1,
    });
    expect(new Set(refusals.map(({ source }) => source))).toEqual(new Set(['127.0.0.1']));
    const text = JSON.stringify(refusals);
    for (const secret of ['@', 'eyJ', 'wrong password']) expect(text).not.toContain(secret);
  });

  test('with the provider and the account, where these are known', async () => {
    await start({ refusalsPerMinute: 20 });
    const email = anAddress();
    await auth.signIn(aToken({ email }));
    const [{ id } = { id: '' }] = await auth.query<{ id: string }>(
      "update account set status = 'deactivated' where email = $1 returning id",
      [email],
    );
    const used = aToken();
    await auth.signIn(used);
    for (const token of [aToken({ email }), used, aToken({ iat: 1, exp: 2 }), 'x']) await auth.signIn(token);
    await guess('wrong');
    const { session = '' } = await guess(administrator.password);
    await auth.request('/api/password', {
      method: 'PUT',
      body: { currentPassword: 'wrong', newPassword: 'a sentence that nobody has' },
      headers: { 'x-metabase-session': session },
    });
    const own = await auth.introspect(session);
    const holder = own.active ? own.accountId : '';

    await eventually(async () => expect(sum(await announced())).toBe(6));

    const said = (await announced()).map(({ code, provider, accountId }) => [code, provider, accountId]);
    expect(said.find(([code]) => code === 'auth.account_deactivated')).toEqual(['auth.account_deactivated', 'jwt', id]);
    expect(said).toContainEqual(['auth.password_wrong', 'password', holder]);
    expect(said).toContainEqual(['auth.current_password_wrong', 'password', holder]);
    expect(said).toContainEqual(['auth.token_expired', 'jwt', undefined]);
    expect(said).toContainEqual(['auth.token_malformed', null, undefined]);
    expect(said.find(([code]) => code === 'auth.token_used')?.[1]).toBe('jwt');
  });

  test('also where a way in is off or its provider away, but not of a browser that has presented nothing', async () => {
    await start();
    await configureProvider(auth, 'away', { issuer: 'http://127.0.0.1:1' });
    for (let n = 0; n < 5; n += 1) expect((await auth.request('/auth/sso?provider=away')).status).toBe(401);
    await configureProvider(auth, 'away', { issuer: 'http://127.0.0.1:1', enabled: false });
    await auth.asAdministrator('PUT', '/api/providers/jwt', { enabled: false });
    for (let n = 0; n < 5; n += 1) expect((await auth.signIn(aToken())).status).toBe(400);
    await auth.query('update password_sign_in set enabled = false');
    for (let n = 0; n < 5; n += 1) expect((await guess(administrator.password)).status).toBe(403);
    expect((await auth.request('/auth/sso')).body.code).toBe('auth.sso_disabled');

    await eventually(async () => expect(sum(await announced())).toBeGreaterThanOrEqual(15));

    const counted = new Map<string, number>();
    for (const { code, provider, count } of await announced()) {
      const key = `${code} ${provider}`;
      counted.set(key, (counted.get(key) ?? 0) + count);
    }
    expect(Object.fromEntries(counted)).toEqual({
      'auth.oidc_unreachable away': 5,
      'auth.sso_disabled null': 5,
      'auth.password_sign_in_disabled password': 5,
    });
  });

  test('by an instance that stops before a second has passed', async () => {
    await start();
    const other = await startAuth({ beside: auth, refusalsPerMinute: perMinute });
    await times(5, () => other.signIn(badToken()));

    await other.stop();

    expect(sum(await announced())).toBe(5);
  });
});
