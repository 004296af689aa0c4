import { createHash } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { Failure, setAccountStatus } from '@sandgate/contracts';
import { eventually } from '../../support/eventually.js';
import { countLingering, whileWritesLinger } from './linger.js';
import { type Answered, administrator, type RunningAuth, siteUrl, startAuth } from './running-auth.js';
import { anAddress, aToken, seconds, sign } from './tokens.js';

let auth: RunningAuth;

beforeAll(async () => {
  auth = await startAuth();
});

afterAll(() => auth.stop());

const withPassword = (
  body: unknown = { username: administrator.email, password: administrator.password },
  options = {},
): Promise<Answered> => auth.request('/api/session', { method: 'POST', body, ...options });

const isActive = async (session: string | undefined): Promise<boolean> => (await auth.introspect(session)).active;

const idOf = async (email: string): Promise<string> =>
  (await auth.query<{ id: string }>('select id from account where email = $1', [email]))[0]?.id ?? '';

describe('a session', () => {
  test('A-49: is stored as a hash only, and its cookie is out of reach of scripts', async () => {
    const { session = '', headers } = await auth.signIn(aToken());

    expect(Buffer.from(session, 'base64url')).toHaveLength(32);
    expect(headers.get('set-cookie')).toBe(`sandgate.SESSION=${session}; Path=/; HttpOnly; SameSite=Lax`);
    const rows = await auth.query<{ token_hash: Buffer; row: string }>(
      'select token_hash, session::text as row from session order by created_at desc limit 1',
    );
    expect(rows[0]?.token_hash).toEqual(createHash('sha256').update(session).digest());
    expect(rows[0]?.row).not.toContain(session);
  });

  test('A-49: has a secure cookie where the site is https', async () => {
    const secure = await startAuth({ siteUrl: 'https://dashboards.example' });
    const { headers } = await secure.signIn(aToken());
    await secure.stop();

    expect(headers.get('set-cookie')).toContain('; Secure');
  });

  test('A-48: is new at each sign-in, never the one that the browser brings', async () => {
    const brought = 'a'.repeat(43);
    const first = await auth.signIn(aToken(), { cookie: brought });
    const second = await auth.signIn(aToken(), { cookie: first.session });

    expect(new Set([brought, first.session, second.session]).size).toBe(3);
    expect(await isActive(brought)).toBe(false);
  });

  test('A-28: of another account ends when the browser signs in again, one of the same account stays', async () => {
    const email = anAddress();
    const { session: mine } = await auth.signIn(aToken({ email }));
    const { session: again } = await auth.signIn(aToken({ email }), { cookie: mine });
    expect([await isActive(mine), await isActive(again)]).toEqual([true, true]);

    const { session: somebodyElse } = await auth.signIn(aToken(), { cookie: again });
    expect([await isActive(again), await isActive(mine), await isActive(somebodyElse)]).toEqual([false, true, true]);

    const administrators = await withPassword(undefined, { cookie: somebodyElse });
    expect([await isActive(somebodyElse), await isActive(administrators.session)]).toEqual([false, true]);
  });

  test('A-28: survives a refused sign-in in the same browser', async () => {
    const { session } = await auth.signIn(aToken());
    await auth.signIn('refused', { cookie: session });
    await auth.signIn(aToken({ email: administrator.email }), { cookie: session });
    await withPassword({ username: administrator.email, password: 'wrong' }, { cookie: session });

    expect(await isActive(session)).toBe(true);
  });

  test('A-50: is over when it has reached its age, however much it is used', async () => {
    const { session } = await auth.signIn(aToken());
    const [{ lasts } = { lasts: 0 }] = await auth.query<{ lasts: number }>(
      'select extract(epoch from expires_at - created_at)::int as lasts from session order by created_at desc limit 1',
    );
    expect(lasts).toBe(1_209_600);
    await auth.query('update session set expires_at = now() where token_hash = sha256($1::bytea)', [
      Buffer.from(session ?? ''),
    ]);

    expect(await isActive(session)).toBe(false);
  });

  test('A-50: is over at once on every instance when somebody signs out', async () => {
    const other = await startAuth({ beside: auth });
    const { session } = await auth.signIn(aToken());
    expect((await other.introspect(session)).active).toBe(true);
    const answered = await auth.request('/api/session', {
      method: 'DELETE',
      cookie: session,
      headers: { origin: siteUrl },
    });

    expect(answered.status).toBe(204);
    expect(answered.headers.get('set-cookie')).toMatch(/^sandgate\.SESSION=; .*Max-Age=0/);
    expect([await isActive(session), (await other.introspect(session)).active]).toEqual([false, false]);
    expect(
      (await auth.request('/api/session', { method: 'DELETE', cookie: session, headers: { origin: siteUrl } })).status,
    ).toBe(401);
    await other.stop();
  });

  test('is not ended by a page of another site', async () => {
    const { session } = await auth.signIn(aToken());

    expect((await auth.request('/api/session', { method: 'DELETE', cookie: session })).status).toBe(403);
    expect(
      (
        await auth.request('/api/session', {
          method: 'DELETE',
          cookie: session,
          headers: { origin: 'https://evil.example' },
        })
      ).status,
    ).toBe(403);
    expect(await isActive(session)).toBe(true);
  });

  test.each([['x-metabase-session'], ['authorization']])('is taken from the header %s', async (name) => {
    const { session } = await auth.signIn(aToken());
    const value = name === 'authorization' ? `Bearer ${session}` : (session ?? '');

    expect((await auth.request('/api/session', { method: 'DELETE', headers: { [name]: value } })).status).toBe(204);
    expect(await isActive(session)).toBe(false);
  });
});

describe('introspection', () => {
  test('answers the claims version of the account, also for an old session', async () => {
    const email = anAddress();
    const { session } = await auth.signIn(aToken({ email, level: 1 }));
    await auth.signIn(aToken({ email, level: 2 }));

    expect(await auth.introspect(session)).toEqual({ active: true, accountId: await idOf(email), claimsVersion: 2 });
  });

  test('of many sessions at once gives each its own answer', async () => {
    const people = await Promise.all(
      Array.from({ length: 30 }, async () => {
        const email = anAddress();
        return { email, session: (await auth.signIn(aToken({ email }))).session };
      }),
    );
    const asked = [...people, ...people, { email: '', session: 'unknown' }, { email: '', session: undefined }];
    const answers = await Promise.all(asked.map(({ session }) => auth.introspect(session)));

    const ids = new Map(
      (await auth.query<{ id: string; email: string }>('select id, email from account')).map(({ id, email }) => [
        email,
        id,
      ]),
    );
    expect(answers.map((answer) => (answer.active ? answer.accountId : undefined))).toEqual(
      asked.map(({ email }) => ids.get(email)),
    );
  });

  test('says for nobody whether there is a provider to go to, as it is at this moment', async () => {
    const states: unknown[] = [];
    for (const change of [
      {},
      { enabled: false },
      { enabled: true, identityProviderUri: null },
      { identityProviderUri: 'https://app.example/sso/sandgate' },
    ]) {
      await auth.asAdministrator('PUT', '/api/providers/jwt', change);
      states.push(await auth.introspect(undefined));
    }

    expect(states).toEqual([true, false, false, true].map((singleSignOn) => ({ active: false, singleSignOn })));
  });
});

describe('the status of an account', () => {
  const setStatus = async (email: string, status: 'active' | 'deactivated'): Promise<unknown> =>
    auth.ask(setAccountStatus, { accountId: await idOf(email), status });

  test('A-26: deactivated ends the sessions, refuses sign-ins, and no sign-in changes it back', async () => {
    const email = anAddress();
    const { session } = await auth.signIn(aToken({ email }));
    await setStatus(email, 'deactivated');
    await setStatus(email, 'deactivated');
    const before = await auth.traces();

    expect(await isActive(session)).toBe(false);
    expect((await auth.signIn(aToken({ email }))).status).toBe(401);
    expect(await auth.traces()).toEqual(before);
  });

  test('A-26: active again lets the person sign in, and brings no earlier session back', async () => {
    const email = anAddress();
    const { session } = await auth.signIn(aToken({ email }));
    await setStatus(email, 'deactivated');
    await setStatus(email, 'active');

    expect(await isActive(session)).toBe(false);
    expect((await auth.signIn(aToken({ email }))).status).toBe(302);
  });

  test('A-26: deactivated during sign-ins leaves no session, whatever was under way', async () => {
    const people = Array.from({ length: 20 }, anAddress);
    await Promise.all(people.map((email) => auth.signIn(aToken({ email }))));
    await Promise.all(
      people.flatMap((email) => [
        auth.signIn(aToken({ email })),
        auth.signIn(aToken({ email })),
        setStatus(email, 'deactivated'),
        auth.signIn(aToken({ email })),
      ]),
    );

    const left = await auth.query(
      'select from session join account on account.id = account_id where email = any ($1)',
      [people],
    );
    expect(left).toEqual([]);
  });

  test('A-26: set while a sign-in holds the account waits for it, and ends its session too', async () => {
    const email = anAddress();
    await auth.signIn(aToken({ email }));
    const { status, session } = await whileWritesLinger(auth, 'before update of claims on account', async () => {
      const signingIn = auth.signIn(aToken({ email, level: 2 }));
      await eventually(async () => expect(await countLingering(auth)).toBe(1));
      await setStatus(email, 'deactivated');
      return signingIn;
    });

    expect(status).toBe(302);
    expect(await isActive(session)).toBe(false);
    expect(await auth.query('select from session where account_id = $1', [await idOf(email)])).toEqual([]);
  });

  test('of an unknown account cannot be set', async () => {
    await expect(
      auth.ask(setAccountStatus, { accountId: '00000000-0000-4000-8000-000000000000', status: 'active' }),
    ).rejects.toEqual(new Failure('directory.account_not_found'));
  });
});

describe('a sign-in with a password', () => {
  test('answers the session, sets its cookie and announces the account', async () => {
    const before = (await auth.announced(administrator.email)).length;
    const answered = await withPassword({ username: 'Admin@Acme.Example', password: administrator.password });

    expect(answered.status).toBe(200);
    expect(answered.body).toEqual({ id: answered.session });
    expect(await auth.introspect(answered.session)).toEqual({
      active: true,
      accountId: await idOf(administrator.email),
      claimsVersion: 1,
    });
    const events = await auth.announced(administrator.email);
    expect(events).toHaveLength(before + 1);
    expect(events.at(-1)).toEqual({
      accountId: await idOf(administrator.email),
      claimsVersion: 1,
      email: administrator.email,
      firstName: null,
      lastName: null,
      attributes: {},
      groups: [],
      firstAdministrator: true,
      signedInBy: 'password',
    });
  });

  test('A-17, A-40: is refused in the same way for whatever is wrong, and leaves nothing', async () => {
    const email = anAddress();
    await auth.signIn(aToken({ email }));
    const before = await auth.traces();
    const wrong = [
      { username: administrator.email, password: 'wrong' },
      { username: administrator.email, password: '' },
      { username: administrator.email, password: `${administrator.password}\u0000` },
      { username: 'nobody@acme.example', password: administrator.password },
      { username: email, password: administrator.password },
      { username: email, password: '' },
      { username: `${administrator.email} `, password: administrator.password },
      { username: 'adm\u0131n@acme.example', password: administrator.password },
      { username: '', password: '' },
    ];
    const bodies = new Set<string>();
    for (const attempt of wrong) {
      const { status, body, session } = await withPassword(attempt);
      expect([status, session]).toEqual([401, undefined]);
      bodies.add(JSON.stringify({ ...body, id: undefined }));
    }

    expect([...bodies]).toHaveLength(1);
    expect([...bodies][0]).toContain('auth.password_wrong');
    expect(await auth.traces()).toEqual(before);
    expect(auth.logged()).not.toContain(administrator.password);
  });

  test('A-26: is refused for a deactivated account, like a wrong password', async () => {
    await auth.ask(setAccountStatus, { accountId: await idOf(administrator.email), status: 'deactivated' });
    const refused = await withPassword();
    await auth.ask(setAccountStatus, { accountId: await idOf(administrator.email), status: 'active' });

    expect([refused.status, refused.body.code]).toEqual([401, 'auth.password_wrong']);
    expect((await withPassword()).status).toBe(200);
  });

  test('A-52: is worked on twice at once; whoever comes then is told to come again, at once', async () => {
    const answers = await Promise.all(
      Array.from({ length: 30 }, () => withPassword({ username: administrator.email, password: 'wrong' })),
    );
    const statuses = new Set(answers.map(({ status }) => status));

    expect(statuses).toEqual(new Set([401, 429]));
    const busy = answers.find(({ status }) => status === 429);
    expect(busy?.body.code).toBe('auth.password_busy');
    expect(busy?.headers.get('retry-after')).toBe('1');
    expect((await withPassword()).status).toBe(200);
  });

  test('A-40: is impossible for somebody who came by token, also on an account with the same address later', async () => {
    const email = anAddress();
    await auth.signIn(sign({ email, iat: seconds(), password: 'correct horse battery', password_hash: 'x' }));

    expect((await withPassword({ username: email, password: 'correct horse battery' })).status).toBe(401);
  });

  test.each([
    [{ username: 5, password: 'x' }],
    [{ username: ['a'], password: 'x' }],
    [{ password: 'x' }],
    [{ username: 'a', password: 'x', more: 1 }],
    [[]],
    [null],
  ])('is not tried with the body %p', async (body) => {
    expect((await withPassword(body)).status).toBe(400);
  });

  test('is not taken from a page of another site', async () => {
    expect((await withPassword(undefined, { headers: { origin: 'https://evil.example' } })).status).toBe(403);
  });
});
