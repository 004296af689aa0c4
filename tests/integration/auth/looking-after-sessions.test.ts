import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { setAccountStatus } from '@sandgate/contracts';
import { eventually } from '../../support/eventually.js';
import { countLingering, whileWritesLinger } from './linger.js';
import { type Answered, type RunningAuth, startAuth } from './running-auth.js';
import { anAddress, aToken, seconds, sign } from './tokens.js';

const idleSeconds = 1800;

let auth: RunningAuth;
let other: RunningAuth;

beforeAll(async () => {
  auth = await startAuth({ sessionIdleSeconds: idleSeconds });
  other = await startAuth({ sessionIdleSeconds: idleSeconds, beside: auth });
});

afterAll(() => auth.stop());

const asHolder = (session: string | undefined, method: string, path: string, at = auth): Promise<Answered> =>
  at.request(path, { method, headers: { 'x-metabase-session': session ?? '' } });

const isActive = async (session: string | undefined): Promise<boolean[]> =>
  (await Promise.all([auth, other].map((one) => one.introspect(session)))).map(({ active }) => active);

const everywhere = { active: [true, true], over: [false, false] };

const signIn = async (email = anAddress()): Promise<{ email: string; session: string }> => ({
  email,
  session: (await auth.signIn(aToken({ email }))).session ?? '',
});

const idOf = async (email: string): Promise<string> =>
  (await auth.query<{ id: string }>('select id from account where email = $1', [email]))[0]?.id ?? '';

const ofSession = 'where token_hash = sha256($1::bytea)';

const age = (session: string, seconds: number): Promise<unknown> =>
  auth.query(`update session set last_seen_at = now() - make_interval(secs => $2) ${ofSession}`, [
    Buffer.from(session),
    seconds,
  ]);

const secondsUnseen = async (session: string): Promise<number> =>
  (
    await auth.query<{ seconds: number }>(
      `select extract(epoch from now() - last_seen_at)::float8 as seconds from session ${ofSession}`,
      [Buffer.from(session)],
    )
  )[0]?.seconds ?? Number.NaN;

describe('the idle limit', () => {
  test('A-50: ends a session that has not been used for so long, on every instance', async () => {
    const { session } = await signIn();
    await age(session, idleSeconds + 1);

    expect(await isActive(session)).toEqual(everywhere.over);
    expect((await asHolder(session, 'GET', '/api/sessions')).status).toBe(401);
  });

  test('A-50: begins anew with each use', async () => {
    const { session } = await signIn();
    await age(session, idleSeconds - 60);

    expect((await auth.introspect(session)).active).toBe(true);
    expect(await secondsUnseen(session)).toBeLessThan(60);
  });

  test('is kept with one write a minute, however much a session is used', async () => {
    const { session } = await signIn();
    const version = async (): Promise<unknown> =>
      (await auth.query(`select xmin, ctid from session ${ofSession}`, [Buffer.from(session)]))[0];
    const before = await version();
    for (let turn = 0; turn < 5; turn += 1) await auth.introspect(session);
    expect(await version()).toEqual(before);

    await age(session, 61);
    const aged = await version();
    await Promise.all(Array.from({ length: 20 }, (_, n) => (n % 2 ? auth : other).introspect(session)));
    expect(await version()).not.toEqual(aged);
    expect(await secondsUnseen(session)).toBeLessThan(60);
  });

  test('makes no request wait for a row that somebody else holds', async () => {
    const { session } = await signIn();
    await age(session, 61);
    await whileWritesLinger(auth, 'before update on session', async () => {
      const first = auth.introspect(session);
      await eventually(async () => expect(await countLingering(auth)).toBe(1));
      expect((await other.introspect(session)).active).toBe(true);
      expect(await countLingering(auth)).toBe(1);
      await first;
    });
  });

  test('is none where none is set', async () => {
    const unlimited = await startAuth({ beside: auth });
    const { session } = await signIn();
    await age(session, 1_000_000);

    expect((await unlimited.introspect(session)).active).toBe(true);
    await unlimited.stop();
  });
});

describe('the list of sessions', () => {
  test('shows the own ones that are not over, the newest first, and nothing that signs', async () => {
    const { email, session: first } = await signIn();
    const { session: over } = await signIn(email);
    const { session: last } = await signIn(email);
    await signIn();
    await age(over, idleSeconds + 1);
    const { status, body, text } = await asHolder(last, 'GET', '/api/sessions');

    expect(status).toBe(200);
    expect(body.total).toBe(2);
    const accountId = await idOf(email);
    const time = expect.stringMatching(/^\d{4}-\d\d-\d\dT[\d:.]+Z$/);
    const shown = { id: expect.any(String), accountId, provider: 'jwt', createdAt: time, lastSeenAt: time };
    expect(body.data).toEqual([
      { ...shown, expiresAt: time, current: true },
      { ...shown, expiresAt: time, current: false },
    ]);
    for (const token of [first, over, last]) {
      expect(text).not.toContain(token);
      expect((await asHolder(body.data[0].id, 'GET', '/api/sessions')).status).toBe(401);
    }
    const page = await asHolder(last, 'GET', '/api/sessions?limit=1&offset=1');
    expect(page.body).toEqual({ total: 2, data: [body.data[1]] });
    expect((await asHolder(last, 'GET', '/api/sessions?offset=2')).body).toEqual({ total: 2, data: [] });
  });

  test('A-71: shows those of somebody else to administrators only', async () => {
    const { email } = await signIn();
    const { email: mine, session } = await signIn();
    const path = `/api/sessions?accountId=${await idOf(email)}`;

    expect((await auth.asAdministrator('GET', path)).body).toMatchObject({ total: 1, data: [{ current: false }] });
    const refused = await asHolder(session, 'GET', path);
    expect([refused.status, refused.body.code]).toEqual([403, 'auth.administrator_required']);
    expect((await asHolder(session, 'GET', `/api/sessions?accountId=${await idOf(mine)}`)).body.total).toBe(1);
    expect((await auth.request(path)).status).toBe(401);
  });
});

describe('ending sessions', () => {
  const idOfSession = async (session: string): Promise<string> =>
    (await auth.query<{ id: string }>(`select id from session ${ofSession}`, [Buffer.from(session)]))[0]?.id ?? '';

  test('A-50: one of the own is over on every instance when it is answered', async () => {
    const { email, session: lost } = await signIn();
    const { session } = await signIn(email);
    expect(await isActive(lost)).toEqual(everywhere.active);
    const path = `/api/sessions/${await idOfSession(lost)}`;

    expect((await asHolder(session, 'DELETE', path, other)).status).toBe(204);
    expect([await isActive(lost), await isActive(session)]).toEqual([everywhere.over, everywhere.active]);
    const again = await asHolder(session, 'DELETE', path);
    expect([again.status, again.body.code]).toEqual([404, 'auth.session_not_found']);
  });

  test("A-71: somebody else's is as unknown as one that never was, but to administrators", async () => {
    const { session: theirs } = await signIn();
    const { session } = await signIn();
    const path = `/api/sessions/${await idOfSession(theirs)}`;
    const refused = await asHolder(session, 'DELETE', path);
    const unknown = await asHolder(session, 'DELETE', '/api/sessions/00000000-0000-4000-8000-000000000000');

    expect([refused.status, { ...refused.body, id: '' }]).toEqual([404, { ...unknown.body, id: '' }]);
    expect(await isActive(theirs)).toEqual(everywhere.active);
    expect((await auth.asAdministrator('DELETE', path)).status).toBe(204);
    expect(await isActive(theirs)).toEqual(everywhere.over);
  });

  test('everywhere ends all of the own, and nobody else', async () => {
    const { email, session: first } = await signIn();
    const { session } = await signIn(email);
    const { session: theirs } = await signIn();

    expect((await asHolder(session, 'DELETE', '/api/sessions')).body).toEqual({ ended: 2 });
    expect([await isActive(first), await isActive(session)]).toEqual([everywhere.over, everywhere.over]);
    expect(await isActive(theirs)).toEqual(everywhere.active);
  });

  test('A-71: of an account is for administrators and for itself', async () => {
    const { email, session: theirs } = await signIn();
    const { session } = await signIn();
    const path = `/api/sessions?accountId=${await idOf(email)}`;

    expect((await asHolder(session, 'DELETE', path)).status).toBe(403);
    expect(await isActive(theirs)).toEqual(everywhere.active);
    expect((await auth.asAdministrator('DELETE', path)).body).toEqual({ ended: 1 });
    expect([await isActive(theirs), await isActive(session)]).toEqual([everywhere.over, everywhere.active]);
  });

  test.each(['/api/sessions', '/api/sessions/00000000-0000-4000-8000-000000000000'])(
    'is not done by a page of another site: DELETE %s',
    async (path) => {
      const { session } = await signIn();

      expect((await auth.request(path, { method: 'DELETE', cookie: session })).status).toBe(403);
      expect(await isActive(session)).toEqual(everywhere.active);
    },
  );

  test('A-26, A-50: a deactivation ends them on every instance', async () => {
    const { email, session } = await signIn();
    await auth.ask(setAccountStatus, { accountId: await idOf(email), status: 'deactivated' });

    expect(await isActive(session)).toEqual(everywhere.over);
  });

  /** The session of somebody whose token this key has signed. */
  const signInWith = async (secret: string, more: object = {}): Promise<string> =>
    (await auth.signIn(sign({ email: anAddress(), jti: randomUUID(), iat: seconds(), ...more }, { secret }))).session ??
    '';

  test('A-12, A-50: a key that is deleted ends what its tokens opened, on every instance, and nothing else', async () => {
    const { body: key } = await auth.asAdministrator('POST', '/api/providers/jwt/keys');
    const session = await signInWith(key.secret);
    const { session: byAnother } = await signIn();
    expect(await isActive(session)).toEqual(everywhere.active);

    expect((await auth.asAdministrator('DELETE', `/api/providers/jwt/keys/${key.id}`)).status).toBe(204);
    expect([await isActive(session), await isActive(byAnother)]).toEqual([everywhere.over, everywhere.active]);
    expect((await auth.asAdministrator('GET', '/api/sessions')).status).toBe(200);
  });

  test('A-12, A-50: a key that retires ends what its tokens opened, on every instance, at that time', async () => {
    const { body: key } = await auth.asAdministrator('POST', '/api/providers/jwt/keys');
    const session = await signInWith(key.secret);
    const retire = (at: number): Promise<Answered> =>
      auth.asAdministrator('PATCH', `/api/providers/jwt/keys/${key.id}`, { retireAt: new Date(at).toISOString() });

    await retire(Date.now() + 60_000);
    expect(await isActive(session)).toEqual(everywhere.active);
    expect((await retire(Date.now() - 1000)).status).toBe(200);
    expect(await isActive(session)).toEqual(everywhere.over);
    await auth.asAdministrator('DELETE', `/api/providers/jwt/keys/${key.id}`);
  });

  test('A-50: a provider that is deleted ends them on every instance, and one of the same name brings none back', async () => {
    const issuer = 'https://partner.example';
    const settings = { enabled: true, issuer };
    await auth.asAdministrator('POST', '/api/providers', { name: 'partner', kind: 'jwt', settings });
    const { body: key } = await auth.asAdministrator('POST', '/api/providers/partner/keys');
    const session = await signInWith(key.secret, { iss: issuer });
    expect(await isActive(session)).toEqual(everywhere.active);

    expect((await auth.asAdministrator('DELETE', '/api/providers/partner')).status).toBe(204);
    expect(await isActive(session)).toEqual(everywhere.over);
    await auth.asAdministrator('POST', '/api/providers', { name: 'partner', kind: 'jwt', settings });
    expect(await isActive(session)).toEqual(everywhere.over);
  });
});
