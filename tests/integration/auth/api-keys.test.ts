import { createHash } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { introspectApiKey, setAccountStatus } from '@sandgate/contracts';
import { eventually } from '../../support/eventually.js';
import { countLingering, whileWritesLinger } from './linger.js';
import { type Answered, administrator, type RunningAuth, siteUrl, startAuth } from './running-auth.js';
import { aToken } from './tokens.js';

const acme = 3;
const globex = 4;

let auth: RunningAuth;
let other: RunningAuth;

beforeAll(async () => {
  auth = await startAuth();
  other = await startAuth({ beside: auth });
});

afterAll(() => auth.stop());

interface Key {
  readonly id: string;
  readonly key: string;
}

const create = (body: unknown = { name: 'Nightly report', groupIds: [acme] }): Promise<Answered> =>
  auth.asAdministrator('POST', '/api/api-keys', body);

const aKey = async (): Promise<Key> => (await create()).body;

/** What somebody with these headers is answered where anybody who is signed in is let in. */
const statusWith = async (headers: Record<string, string>, at = auth): Promise<number> =>
  (await at.request('/api/sessions', { headers })).status;

const isActive = async (key: string): Promise<boolean[]> =>
  (await Promise.all([auth, other].map((one) => one.ask(introspectApiKey, { key })))).map(({ active }) => active);

const announcedOf = ({ id }: Key): ReturnType<RunningAuth['announced']> => auth.announced(`api-key:${id}`);

const rowOf = async ({ id }: Key): Promise<{ row: string; used: Date | null; version: string } | undefined> =>
  (
    await auth.query<{ row: string; used: Date | null; version: string }>(
      'select api_key::text as row, last_used_at as used, xmin::text as version from api_key where account_id = $1',
      [id],
    )
  )[0];

describe('an API key', () => {
  test('is shown once, and stored as a hash only', async () => {
    const { status, body } = await create({ name: ' Nightly report ', groupIds: [globex, acme] });

    expect(status).toBe(201);
    expect(body).toEqual({
      id: expect.any(String),
      key: expect.stringMatching(/^sgk_[\w-]{43}$/),
      name: 'Nightly report',
      groupIds: [globex, acme],
      status: 'active',
      createdAt: expect.stringMatching(/Z$/),
      lastUsedAt: null,
    });
    const { row = '' } = (await rowOf(body)) ?? {};
    expect(row).toContain(createHash('sha256').update(body.key).digest('hex'));
    expect(row).not.toContain(body.key);
    expect((await auth.asAdministrator('GET', '/api/api-keys')).text).not.toContain(body.key);
    expect(auth.logged()).not.toContain(body.key);
  });

  test('is an account of its own, announced as a sign-in that claims its groups', async () => {
    const key = (await create({ name: 'Nightly report', groupIds: [acme, globex] })).body;

    expect(await announcedOf(key)).toEqual([
      {
        accountId: key.id,
        claimsVersion: 1,
        email: `api-key:${key.id}`,
        firstName: 'Nightly report',
        lastName: null,
        attributes: {},
        groups: [{ provider: 'api-key', presence: 'listed', names: ['3', '4'] }],
        firstAdministrator: false,
      },
    ]);
    expect(await auth.ask(introspectApiKey, { key: key.key })).toEqual({
      active: true,
      accountId: key.id,
      claimsVersion: 1,
    });
  });

  test('signs by X-Api-Key or as a bearer token, and needs no origin', async () => {
    const { key } = await aKey();

    expect(await statusWith({ 'x-api-key': key })).toBe(200);
    expect(await statusWith({ authorization: `Bearer ${key}` }, other)).toBe(200);
    const written = await auth.request('/api/sessions', { method: 'DELETE', headers: { 'x-api-key': key } });
    expect(written.body).toEqual({ ended: 0 });
  });

  test('A-22: is never a session, nor a session an API key', async () => {
    const { key } = await aKey();
    const { session = '' } = await auth.signIn(aToken());

    expect(await statusWith({ cookie: `sandgate.SESSION=${key}` })).toBe(401);
    expect(await statusWith({ 'x-metabase-session': key })).toBe(401);
    expect(await statusWith({ 'x-metabase-session': key, authorization: `Bearer ${key}` })).toBe(401);
    expect(await statusWith({ 'x-api-key': session })).toBe(401);
    expect(await statusWith({ 'x-api-key': `sgk_${session}` })).toBe(401);
    expect((await auth.introspect(key)).active).toBe(false);
  });

  test('A-22, A-40: opens no session by any way in', async () => {
    const { id, key } = await aKey();
    const before = await auth.query('select id from session');
    const email = `api-key:${id}`;
    const attempts = await Promise.all([
      auth.request(`/auth/sso?jwt=${key}`),
      auth.signIn(aToken({ email })),
      auth.request('/api/session', { method: 'POST', body: { username: email, password: key } }),
      auth.request('/api/session', { method: 'POST', body: { username: email, password: '' } }),
    ]);

    expect(attempts.map(({ status, session }) => [status, session])).toEqual(attempts.map(() => [401, undefined]));
    expect(await auth.query('select id from session')).toEqual(before);
  });

  test.each(['', 'sgk_', `sgk_${'a'.repeat(43)}`, `sgk_${'a'.repeat(5000)}`, 'ſgk_', "sgk_' or 1=1--"])(
    'that is none is refused: %s',
    async (key) => {
      expect(await statusWith({ 'x-api-key': encodeURIComponent(key) })).toBe(401);
    },
  );

  test('is no administrator', async () => {
    const { key } = await aKey();

    expect((await auth.request('/api/api-keys', { headers: { 'x-api-key': key } })).body.code).toBe(
      'auth.administrator_required',
    );
  });

  test.each([
    [{ name: 'x', groupIds: [] }],
    [{ name: ' ', groupIds: [acme] }],
    [{ name: 'x' }],
    [{ name: 'x\u0000', groupIds: [acme] }],
    [{ name: 'x', groupIds: ['3'] }],
    [{ name: 'x', groupIds: [acme], administrator: true }],
  ])('is not made of %j', async (body) => {
    const answered = await create(body);
    expect([answered.status, answered.body.code]).toEqual([400, 'request.invalid']);
  });

  test('is refused with every group that it cannot be in', async () => {
    const before = await auth.traces();
    const { status, body } = await create({ name: 'x', groupIds: [1, 2, acme, 99] });

    expect([status, body.code]).toEqual([400, 'auth.api_key_groups_invalid']);
    expect(body.details.faults).toHaveLength(3);
    expect(await auth.traces()).toEqual(before);
  });

  test.each([
    ['GET', '/api/api-keys', undefined],
    ['POST', '/api/api-keys', { name: 'x', groupIds: [acme] }],
    ['PATCH', '/api/api-keys/00000000-0000-4000-8000-000000000000', { name: 'x' }],
    ['DELETE', '/api/api-keys/00000000-0000-4000-8000-000000000000', undefined],
  ])('A-71: is for administrators to look after: %s %s', async (method, path, body) => {
    const { session = '' } = await auth.signIn(aToken());

    expect((await auth.request(path, { method, body })).status).toBe(401);
    expect((await auth.request(path, { method, body, headers: { 'x-metabase-session': session } })).status).toBe(403);
  });
});

describe('the list of API keys', () => {
  test('has the newest first, page by page', async () => {
    const [older, newer] = [await aKey(), await aKey()];
    const { body } = await auth.asAdministrator('GET', '/api/api-keys?limit=2');
    const [{ total } = { total: 0 }] = await auth.query<{ total: number }>(
      'select count(*)::int as total from api_key',
    );

    expect(body.data.map(({ id }: Key) => id)).toEqual([newer.id, older.id]);
    expect(body.total).toBe(total);
    const beyond = await auth.asAdministrator('GET', `/api/api-keys?offset=${total}`);
    expect(beyond.body).toEqual({ data: [], total });
  });

  test('says when each was last used, written once a minute and without waiting', async () => {
    const key = await aKey();
    await auth.ask(introspectApiKey, { key: key.key });
    const first = await rowOf(key);
    expect(first?.used).not.toBeNull();
    for (let turn = 0; turn < 5; turn += 1) await other.ask(introspectApiKey, { key: key.key });
    expect(await rowOf(key)).toEqual(first);

    await auth.query("update api_key set last_used_at = last_used_at - interval '61 seconds' where account_id = $1", [
      key.id,
    ]);
    await whileWritesLinger(auth, 'before update on api_key', async () => {
      const lingering = auth.ask(introspectApiKey, { key: key.key });
      await eventually(async () => expect(await countLingering(auth)).toBe(1));
      expect((await other.ask(introspectApiKey, { key: key.key })).active).toBe(true);
      expect(await countLingering(auth)).toBe(1);
      await lingering;
    });
    const { data } = (await auth.asAdministrator('GET', '/api/api-keys')).body;
    expect(data.find(({ id }: Key) => id === key.id).lastUsedAt).toBe((await rowOf(key))?.used?.toISOString());
  });
});

describe('a change of an API key', () => {
  const change = (id: string, body: unknown): Promise<Answered> =>
    auth.asAdministrator('PATCH', `/api/api-keys/${id}`, body);

  test('of its groups raises the claims version, as a sign-in with other groups does', async () => {
    const key = await aKey();
    const changed = await change(key.id, { groupIds: [globex] });

    expect(changed).toMatchObject({ status: 200, body: { name: 'Nightly report', groupIds: [globex] } });
    expect(await other.ask(introspectApiKey, { key: key.key })).toMatchObject({ active: true, claimsVersion: 2 });
    expect((await announcedOf(key)).at(-1)).toMatchObject({
      claimsVersion: 2,
      firstName: 'Nightly report',
      groups: [{ provider: 'api-key', presence: 'listed', names: ['4'] }],
    });
  });

  test('of its name leaves the groups', async () => {
    const key = await aKey();
    const changed = await change(key.id, { name: 'Weekly report' });

    expect(changed.body).toMatchObject({ name: 'Weekly report', groupIds: [acme] });
    expect((await announcedOf(key)).at(-1)).toMatchObject({ firstName: 'Weekly report', groups: [{ names: ['3'] }] });
  });

  test('that several make at once ends with the last one, everywhere the same', async () => {
    const key = await aKey();
    const wanted = [[acme], [globex], [acme, globex], [globex, acme]];
    await Promise.all(wanted.map((groupIds) => change(key.id, { groupIds })));

    const { data } = (await auth.asAdministrator('GET', '/api/api-keys')).body;
    const listed = data.find(({ id }: Key) => id === key.id).groupIds.map(String);
    const newest = (await announcedOf(key)).sort((a, b) => a.claimsVersion - b.claimsVersion).at(-1);
    expect(newest).toMatchObject({ claimsVersion: 5, groups: [{ names: listed }] });
  });

  test('is refused where the key or a group is unknown, or nothing is named', async () => {
    const { id } = await aKey();
    const unknown = '00000000-0000-4000-8000-000000000000';

    expect((await change(unknown, { name: 'x' })).body.code).toBe('auth.api_key_not_found');
    expect((await change(id, { groupIds: [2] })).body.code).toBe('auth.api_key_groups_invalid');
    expect((await change(id, {})).body.code).toBe('request.invalid');
  });
});

describe('revoking an API key', () => {
  test('A-50: is in force on every instance when it is answered, and leaves its account in no group', async () => {
    const key = await aKey();
    expect(await isActive(key.key)).toEqual([true, true]);
    const revoked = await auth.asAdministrator('DELETE', `/api/api-keys/${key.id}`);

    expect(revoked.status).toBe(204);
    expect(await isActive(key.key)).toEqual([false, false]);
    expect((await announcedOf(key)).at(-1)).toMatchObject({ claimsVersion: 2, groups: [{ names: [] }] });
    expect((await auth.asAdministrator('DELETE', `/api/api-keys/${key.id}`)).body.code).toBe('auth.api_key_not_found');
  });

  test('A-26: or deactivating its account is in force on every instance; activated it works again', async () => {
    const key = await aKey();
    await auth.ask(setAccountStatus, { accountId: key.id, status: 'deactivated' });
    expect(await isActive(key.key)).toEqual([false, false]);
    const { data } = (await auth.asAdministrator('GET', '/api/api-keys')).body;
    expect(data.find(({ id }: Key) => id === key.id).status).toBe('deactivated');

    await auth.ask(setAccountStatus, { accountId: key.id, status: 'active' });
    expect(await isActive(key.key)).toEqual([true, true]);
  });

  test('is nothing that a page of another site can do with the cookie of an administrator', async () => {
    const key = await aKey();
    const { session } = await auth.request('/api/session', {
      method: 'POST',
      body: { username: administrator.email, password: administrator.password },
    });
    const path = `/api/api-keys/${key.id}`;

    expect((await auth.request(path, { method: 'DELETE', cookie: session })).status).toBe(403);
    expect((await auth.request(path, { method: 'DELETE', cookie: session, headers: { origin: siteUrl } })).status).toBe(
      204,
    );
  });
});
