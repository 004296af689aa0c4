import { createHash, randomUUID } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { AuthSettingsChanged, createPasswordAccount, type Failure } from '@sandgate/contracts';
import { nextTraceparent } from '@sandgate/messaging';
import { type Answered, administrator, type RunningAuth, siteUrl, startAuth } from './running-auth.js';
import { anAddress, aToken } from './tokens.js';

let auth: RunningAuth;
let other: RunningAuth;

beforeAll(async () => {
  auth = await startAuth();
  other = await startAuth({ beside: auth });
});

afterAll(() => auth.stop());

const password = 'a sentence that nobody else has';
const actorId = randomUUID();

const create = (email: string, at = auth) =>
  at.ask(createPasswordAccount, {
    email,
    firstName: 'Grace',
    lastName: null,
    actorId,
    traceparent: nextTraceparent(),
  });

const codeOf = (created: Promise<unknown>): Promise<string> =>
  created.then(
    () => 'created',
    (error) => (error as Failure).code,
  );

const tokenOf = (url: string): string => new URLSearchParams(new URL(url).hash.slice(1)).get('token') ?? '';

const reset = (token: string): Promise<Answered> =>
  auth.request('/api/password-reset', { method: 'POST', body: { token, password } });

const signIn = (username: string): Promise<Answered> =>
  other.request('/api/session', { method: 'POST', body: { username, password } });

const makeLink = (id: string): Promise<Answered> => auth.asAdministrator('POST', `/api/accounts/${id}/password-reset`);

describe('an account that an administrator creates', () => {
  test('is announced as the first administrator is, and its person gets in by the link alone', async () => {
    const email = anAddress();
    const { accountId, link } = await create(email.toUpperCase());

    expect(await auth.announced(email)).toEqual([
      {
        accountId,
        claimsVersion: 1,
        email,
        firstName: 'Grace',
        lastName: null,
        attributes: {},
        groups: [],
        firstAdministrator: false,
      },
    ]);
    expect(link.url).toMatch(new RegExp(`^${siteUrl}/reset-password#token=[\\w-]{43}$`));
    expect((await signIn(email)).status).toBe(401);
    expect((await reset(tokenOf(link.url))).status).toBe(204);
    const { session } = await signIn(email);
    expect(await auth.introspect(session)).toEqual({ active: true, accountId, claimsVersion: 1 });
  });

  test('has a link for 48 hours, stored as a hash only, that another one replaces', async () => {
    const { accountId, link } = await create(anAddress());
    const [kept] = await auth.query<{ hash: Buffer; hours: number }>(
      `select token_hash as hash, round(extract(epoch from expires_at - now()) / 3600)::int as hours
       from password_reset where account_id = $1`,
      [accountId],
    );

    expect(kept).toEqual({ hash: createHash('sha256').update(tokenOf(link.url)).digest(), hours: 48 });
    expect(auth.logged()).not.toContain(tokenOf(link.url));
    const { status, body } = await makeLink(accountId);
    expect(status).toBe(201);
    expect((await reset(tokenOf(link.url))).body.code).toBe('auth.password_reset_invalid');
    expect((await reset(tokenOf(body.url))).status).toBe(204);
  });

  test('is recorded once, with who made it and nothing of the address or the link', async () => {
    const { accountId, link } = await create(anAddress());
    const rows = await auth.query<{ data: unknown }>(
      `select data from (
         select body::jsonb -> 'data' as data from messaging.deliveries where type = $1
         union all select data from outbox where type = $1) as announced where data ->> 'accountId' = $2`,
      [AuthSettingsChanged.type, accountId],
    );

    expect(rows).toEqual([
      {
        data: {
          what: 'account',
          id: accountId,
          accountId,
          actorId,
          before: null,
          after: { signsInBy: 'password', linkExpiresAt: link.expiresAt },
        },
      },
    ]);
  });

  test('A-30, A-40: is taken over by no token of a provider that is not trusted, before its password is set either', async () => {
    const email = anAddress();
    await create(email);
    const before = await auth.query('select claims_version, password_hash from account where email = $1', [email]);

    expect((await auth.signIn(aToken({ email }))).status).toBe(401);
    expect(await auth.query('select claims_version, password_hash from account where email = $1', [email])).toEqual(
      before,
    );
  });

  test('A-46: is one, however often and at how many instances it is asked for at once', async () => {
    const email = anAddress();
    // As many as compute at once.
    const outcomes = await Promise.all([auth, auth, other, other].map((at) => codeOf(create(email, at))));

    expect(outcomes.sort()).toEqual([...Array(3).fill('auth.account_exists'), 'created']);
    expect(await auth.announced(email)).toHaveLength(1);
  });

  test('is refused where there is one with the address, by whatever way it came, and changes nothing', async () => {
    const bySignIn = anAddress();
    await auth.signIn(aToken({ email: bySignIn }));
    const byHand = anAddress();
    await create(byHand);
    const before = await auth.traces();

    for (const email of [bySignIn, byHand, administrator.email, byHand.toUpperCase()])
      expect(await codeOf(create(email))).toBe('auth.account_exists');
    expect(await auth.traces()).toEqual(before);
  });

  test('A-30: is refused in a domain for which a provider is trusted', async () => {
    await auth.asAdministrator('PUT', '/api/providers/jwt', { trustedDomains: ['closed.example'] });
    const before = await auth.traces();

    expect(await codeOf(create('Somebody@Closed.example'))).toBe('auth.domain_of_provider');
    expect(await auth.traces()).toEqual(before);
    expect(await codeOf(create(`${randomUUID()}@open.closed.example`))).toBe('created');
    await auth.asAdministrator('PUT', '/api/providers/jwt', { trustedDomains: [] });
  });

  test('is refused while passwords are turned off', async () => {
    await auth.query('update password_sign_in set enabled = false');
    const before = await auth.traces();

    expect(await codeOf(create(anAddress()))).toBe('auth.password_sign_in_disabled');
    expect(await auth.traces()).toEqual(before);
    await auth.query('update password_sign_in set enabled = true');
  });

  test.each(['', 'nobody', 'a b@acme.example', 'grace@acme.example ', 'gräce@acme.example', 'api-key:x'])(
    'is refused with what is no address: %j',
    async (email) => {
      expect(await codeOf(create(email))).toBe('request.invalid');
    },
  );
});
