import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { AuthSettingsChanged, enablePasswordSignIn, type SettingsChange } from '@sandgate/contracts';
import { eventually } from '../../support/eventually.js';
import { countLingering, whileWritesLinger } from './linger.js';
import { type Answered, administrator, type RunningAuth, siteUrl, startAuth } from './running-auth.js';
import { anAddress, aToken, sharedSecret } from './tokens.js';

let auth: RunningAuth;
let actorId: string;

beforeAll(async () => {
  auth = await startAuth();
  actorId =
    (await auth.query<{ id: string }>('select id from account where email = $1', [administrator.email]))[0]?.id ?? '';
});

afterAll(() => auth.stop());

const announced = async (at = auth): Promise<SettingsChange[]> => {
  const rows = await at.query<{ data: unknown }>(
    `select data from (
       select sequence, 0 as place, body::jsonb -> 'data' as data from messaging.deliveries where type = $1
       union all select sequence, 1, data from outbox where type = $1) as announced
     order by place, sequence`,
    [AuthSettingsChanged.type],
  );
  return rows.map(({ data }) => AuthSettingsChanged.data.parse(data));
};

/** What is announced while something is done. */
async function announcedWhile(act: () => Promise<unknown>): Promise<SettingsChange[]> {
  const earlier = (await announced()).length;
  await act();
  return (await announced()).slice(earlier);
}

/** What is announced while an administrator asks for something. */
const announcedBy = (method: string, path: string, body?: unknown): Promise<SettingsChange[]> =>
  announcedWhile(() => auth.asAdministrator(method, path, body));

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

const idOf = async (email: string): Promise<string> =>
  (await auth.query<{ id: string }>('select id from account where email = $1', [email]))[0]?.id ?? '';

test('an API key that is made, changed and revoked is announced once each, and never the key', async () => {
  const made = await announcedBy('POST', '/api/api-keys', { name: 'Report', groupIds: [3] });
  const id = made[0]?.id ?? '';
  const path = `/api/api-keys/${id}`;
  const about = { what: 'api-key', id, accountId: id, actorId };

  expect(made).toEqual([{ ...about, before: null, after: { name: 'Report', groupIds: [3] } }]);
  expect(await announcedBy('PATCH', path, { groupIds: [4, 3] })).toEqual([
    { ...about, before: { groupIds: [3] }, after: { groupIds: [4, 3] } },
  ]);
  expect(await announcedBy('PATCH', path, { name: 'Report' })).toEqual([]);
  expect(await announcedBy('PATCH', path, { groupIds: [1] })).toEqual([]);
  expect(await announcedBy('DELETE', path)).toEqual([
    { ...about, before: { name: 'Report', groupIds: [4, 3] }, after: null },
  ]);
  expect(await announcedBy('DELETE', path)).toEqual([]);
});

test('a change of an API key that comes while another one is written is announced as one after it', async () => {
  const [{ id } = { id: '' }] = await announcedBy('POST', '/api/api-keys', { name: 'Report', groupIds: [3] });
  const change = (groupIds: number[]) => auth.asAdministrator('PATCH', `/api/api-keys/${id}`, { groupIds });
  const changes = await announcedWhile(() =>
    whileWritesLinger(auth, 'before update on api_key', async () => {
      const first = change([4]);
      await eventually(async () => expect(await countLingering(auth)).toBe(1));
      await Promise.all([first, change([3, 4])]);
    }),
  );

  expect(changes.map(({ before, after }) => [before, after])).toEqual([
    [{ groupIds: [3] }, { groupIds: [4] }],
    [{ groupIds: [4] }, { groupIds: [3, 4] }],
  ]);
});

describe('of a password', () => {
  const [first, second] = ['a sentence that nobody else has', 'another one altogether'];
  const signIn = (username: string, password: string): Promise<Answered> =>
    auth.request('/api/session', { method: 'POST', body: { username, password } });
  const reset = (token: string, password: string): Promise<Answered> =>
    auth.request('/api/password-reset', { method: 'POST', body: { token, password } });

  test('the link, its use and a change by the holder are announced once each, and nothing of them', async () => {
    const email = anAddress();
    await auth.query(
      `insert into account (id, email, password_hash) select gen_random_uuid(), $1, password_hash from account where email = $2`,
      [email, administrator.email],
    );
    const id = await idOf(email);
    const about = { id, accountId: id, before: null };
    await signIn(email, administrator.password);
    let link: Answered | undefined;
    const linked = await announcedWhile(async () => {
      link = await auth.asAdministrator('POST', `/api/accounts/${id}/password-reset`);
    });
    expect(linked).toEqual([{ ...about, what: 'password-link', actorId, after: { expiresAt: link?.body.expiresAt } }]);

    const token = new URLSearchParams(new URL(link?.body.url).hash.slice(1)).get('token') ?? '';
    expect(await announcedWhile(() => reset(token, 'short'))).toEqual([]);
    expect(await announcedWhile(() => reset(token, first))).toEqual([
      { ...about, what: 'password', actorId: id, after: { setBy: 'link', endedSessions: 1 } },
    ]);
    expect(await announcedWhile(() => reset(token, first))).toEqual([]);

    const { session = '' } = await signIn(email, first);
    const change = (currentPassword: string) => () =>
      auth.request('/api/password', {
        method: 'PUT',
        body: { currentPassword, newPassword: second },
        headers: { 'x-metabase-session': session },
      });
    expect(await announcedWhile(change('wrong'))).toEqual([]);
    expect(await announcedWhile(change(first))).toEqual([
      { ...about, what: 'password', actorId: id, after: { setBy: 'holder', endedSessions: 0 } },
    ]);
    const all = JSON.stringify(await announced());
    for (const hidden of [token, first, second, '@', '$argon2id']) expect(all).not.toContain(hidden);
  });

  test('another one by the environment is announced once, as the account is, with nobody as its author', async () => {
    const own = await startAuth();
    const adminPassword = 'what the operator says';
    await startAuth({ beside: own, adminPassword });
    await startAuth({ beside: own, adminPassword });

    const about = { actorId: null, before: null };
    expect((await announced(own)).filter(({ what }) => what !== 'provider')).toMatchObject([
      { ...about, what: 'account', after: { signsInBy: 'password', firstAdministrator: true } },
      { ...about, what: 'password', after: { setBy: 'environment', endedSessions: 0 } },
    ]);
    await own.stop();
  });
});

test('turning passwords off, and on again by the command, are announced once each', async () => {
  const boss = anAddress();
  await auth.signIn(aToken({ email: boss, iss: 'https://app.example' }));
  await auth.query('update account set first_administrator = true where email = $1', [boss]);
  const put = (enabled: boolean) => () => auth.asAdministrator('PUT', '/api/password-sign-in', { enabled });
  const about = { what: 'password-sign-in', id: 'password-sign-in', accountId: null };
  const off = { ...about, before: { enabled: true }, after: { enabled: false } };
  const on = { ...about, before: { enabled: false }, after: { enabled: true } };

  expect(await announcedWhile(put(true))).toEqual([]);
  expect(await announcedWhile(put(false))).toEqual([{ ...off, actorId }]);
  expect(await announcedWhile(put(false))).toEqual([]);
  expect(await announcedWhile(() => auth.ask(enablePasswordSignIn, {}))).toEqual([{ ...on, actorId: null }]);
  expect(await announcedWhile(() => auth.ask(enablePasswordSignIn, {}))).toEqual([]);
});

test('sessions that somebody ends are announced by their number, by whom and of whom', async () => {
  const email = anAddress();
  const signIn = async (): Promise<string> =>
    (await auth.signIn(aToken({ email, iss: 'https://app.example' }))).session ?? '';
  const sessions = [await signIn(), await signIn(), await signIn(), await signIn()];
  const [mine = ''] = sessions;
  const id = await idOf(email);
  const asHolder = (method: string, path: string): Promise<Answered> =>
    auth.request(path, { method, headers: { 'x-metabase-session': mine } });
  const listed: { id: string; current: boolean }[] = (await asHolder('GET', '/api/sessions')).body.data;
  const [one, another] = listed.filter(({ current }) => !current);
  const about = { what: 'sessions', id, accountId: id, before: null };

  expect(await announcedWhile(() => asHolder('DELETE', `/api/sessions/${one?.id}`))).toEqual([
    { ...about, actorId: id, after: { ended: 1 } },
  ]);
  expect(await announcedWhile(() => asHolder('DELETE', `/api/sessions/${one?.id}`))).toEqual([]);
  expect(await announcedBy('DELETE', `/api/sessions/${another?.id}`)).toEqual([
    { ...about, actorId, after: { ended: 1 } },
  ]);
  expect(await announcedBy('DELETE', `/api/sessions?accountId=${id}`)).toEqual([
    { ...about, actorId, after: { ended: 2 } },
  ]);
  expect(await announcedBy('DELETE', `/api/sessions?accountId=${id}`)).toEqual([]);
  const all = JSON.stringify(await announced());
  for (const session of sessions) expect(all).not.toContain(session);
});

describe('signing out', () => {
  const ways = [
    ['DELETE', '/api/session'],
    ['POST', '/auth/sso/logout'],
  ] as const;
  const signIn = async (email = anAddress()): Promise<{ id: string; session: string }> => {
    const { session = '' } = await auth.signIn(aToken({ email, iss: 'https://app.example' }));
    return { id: await idOf(email), session };
  };

  test.each(ways)(
    'by %s %s is announced once, as done by the holder, with nothing of the session',
    async (method, path) => {
      const { id, session } = await signIn();
      const asPage = { method, cookie: session, headers: { origin: siteUrl } };
      const about = { what: 'sessions', id, accountId: id, actorId: id, before: null };

      expect(await announcedWhile(() => auth.request(path, asPage))).toEqual([
        { ...about, after: { ended: 1, endedBy: 'sign-out' } },
      ]);
      expect(JSON.stringify(await announced())).not.toContain(session);
      expect(await announcedWhile(() => auth.request(path, asPage))).toEqual([]);
    },
  );

  test.each(ways)('by %s %s many times at once is announced once', async (method, path) => {
    const { session } = await signIn();
    const request = () => auth.request(path, { method, headers: { 'x-metabase-session': session } });

    const changes = await announcedWhile(() =>
      whileWritesLinger(auth, 'after delete on session', () => Promise.all([request(), request(), request()])),
    );
    expect(changes).toHaveLength(1);
  });

  test('without a session that is good is not announced, nor by an API key or a page of another site', async () => {
    const [over, stays] = [await signIn(), await signIn()];
    await auth.query('update session set expires_at = now() where account_id = $1', [over.id]);
    const { body } = await auth.asAdministrator('POST', '/api/api-keys', { name: 'Report', groupIds: [3] });

    const changes = await announcedWhile(async () => {
      for (const [method, path] of ways)
        for (const given of [
          {},
          { headers: { 'x-metabase-session': over.session } },
          { headers: { 'x-api-key': body.key } },
          { cookie: stays.session, headers: { origin: 'https://evil.example' } },
        ])
          await auth.request(path, { method, ...given });
    });
    expect(changes).toEqual([]);
    expect((await auth.introspect(stays.session)).active).toBe(true);
  });
});
