import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { administrator, type RunningAuth, startAuth } from './running-auth.js';
import { anAddress, aToken } from './tokens.js';

let auth: RunningAuth;

beforeAll(async () => {
  auth = await startAuth();
});

afterAll(() => auth.stop());

const removeExpired = (instance = auth): Promise<unknown> | undefined =>
  instance.service.jobs.find(({ name }) => name === 'remove-expired')?.run();

test('sessions that are over and tokens that can no longer verify are removed, and nothing else', async () => {
  const [over, current] = [anAddress(), anAddress()];
  await auth.signIn(aToken({ email: over }));
  await auth.query("update session set expires_at = now() - interval '1 second'");
  await auth.query("update used_token set expires_at = now() - interval '301 seconds'");
  const { session } = await auth.signIn(aToken({ email: current }));

  expect(await removeExpired()).toEqual({ sessions: 1, usedTokens: 1 });
  expect(await auth.query('select email from session join account on account.id = account_id')).toEqual([
    { email: current },
  ]);
  expect((await auth.query('select from used_token')).length).toBe(1);
  expect((await auth.introspect(session)).active).toBe(true);
});

test('a used token outlives its end by five minutes, for clocks that differ', async () => {
  await auth.query("update used_token set expires_at = now() - interval '290 seconds'");
  await removeExpired();

  expect((await auth.query('select from used_token')).length).toBe(1);
});

test('many are removed in chunks, by several instances at once, each one once', async () => {
  const other = await startAuth({ beside: auth });
  await auth.query('delete from used_token');
  await auth.query(
    "insert into used_token (key, once, uses, first_used_at, expires_at) select sha256(n::text::bytea), true, 1, now(), now() - interval '1 hour' from generate_series(1, 12000) n",
  );
  const removed = (await Promise.all([removeExpired(), removeExpired(other)])) as { usedTokens: number }[];
  await other.stop();

  expect(removed.reduce((sum, { usedTokens }) => sum + usedTokens, 0)).toBe(12_000);
});

test('a resync announces every account as it is now, without changing it', async () => {
  const people = Array.from({ length: 30 }, anAddress);
  await Promise.all(people.map((email) => auth.signIn(aToken({ email, level: 1, groups: ['A'] }))));
  await auth.signIn(aToken({ email: people[0], level: 2, groups: null }));
  await auth.query(
    "insert into account (id, email) select gen_random_uuid(), 'many-' || n || '@acme.example' from generate_series(1, 2500) n",
  );
  const [before] = await auth.query<{ count: number }>('select count(*)::int as count from account');
  const announcedBefore = await auth.announced(people[0] ?? '');

  expect(await auth.service.resync()).toBe(before?.count);
  const announced = await auth.announced(people[0] ?? '');
  expect(announced).toHaveLength(announcedBefore.length + 1);
  const { signedInBy: _nobody, ...state } = announcedBefore.at(-1) ?? {};
  expect(announced.at(-1)).toEqual(state);
  expect(await auth.announced('many-2500@acme.example')).toMatchObject([
    { claimsVersion: 1, groups: [], attributes: {} },
  ]);
  expect((await auth.announced(administrator.email)).at(-1)).toMatchObject({ firstAdministrator: true });
});

test('readiness needs the provider settings', async () => {
  const [check] = auth.service.readiness;
  expect(check?.name).toBe('provider-settings');
  expect(await check?.check()).toBeUndefined();

  await auth.query("update provider set name = 'gone'");
  await expect(check?.check()).rejects.toThrow();
  await auth.query("update provider set name = 'jwt'");
});
