import { createHash } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { describePasswordSignIn, enablePasswordSignIn } from '@sandgate/contracts';
import { eventually } from '../../support/eventually.js';
import { countLingering, whileWritesLinger } from './linger.js';
import { type Answered, administrator, providerUri, type RunningAuth, siteUrl, startAuth } from './running-auth.js';
import { anAddress, aToken } from './tokens.js';

let auth: RunningAuth;
let other: RunningAuth;

beforeAll(async () => {
  auth = await startAuth();
  other = await startAuth({ beside: auth });
});

afterAll(() => auth.stop());

const unknownId = '00000000-0000-4000-8000-000000000000';
const anotherPassword = 'a sentence that nobody else has';

const idOf = async (email: string): Promise<string> =>
  (await auth.query<{ id: string }>('select id from account where email = $1', [email]))[0]?.id ?? '';

const signIn = (username: string, password: string, at = auth): Promise<Answered> =>
  at.request('/api/session', { method: 'POST', body: { username, password } });

const isActive = async (session: string | undefined): Promise<boolean> => (await other.introspect(session)).active;

/** A person with a password, whose hash is that of the first administrator's: making one takes its time. */
async function aPerson(): Promise<{ id: string; email: string; password: string }> {
  const email = anAddress();
  await auth.query(
    `insert into account (id, email, password_hash)
     select gen_random_uuid(), $1, environment_password_hash from account where email = $2`,
    [email, administrator.email],
  );
  return { id: await idOf(email), email, password: administrator.password };
}

const makeLink = (id: string): Promise<Answered> => auth.asAdministrator('POST', `/api/accounts/${id}/password-reset`);

const tokenOf = ({ body }: Answered): string => new URLSearchParams(new URL(body.url).hash.slice(1)).get('token') ?? '';

const reset = (token: string, password: string, at = auth): Promise<Answered> =>
  at.request('/api/password-reset', { method: 'POST', body: { token, password } });

const outcome = ({ status, body }: Answered): unknown[] => [status, body?.code];

describe('a link to set a password', () => {
  test('is shown to the administrator once, and stored as a hash only', async () => {
    const { id } = await aPerson();
    const made = await makeLink(id);

    expect(made.status).toBe(201);
    expect(made.body.url).toMatch(new RegExp(`^${siteUrl}/reset-password#token=[\\w-]{43}$`));
    const [kept] = await auth.query<{ row: string; hash: Buffer; hours: number }>(
      `select r::text as row, token_hash as hash, round(extract(epoch from expires_at - now()) / 3600)::int as hours
       from password_reset r where account_id = $1`,
      [id],
    );
    expect(kept?.hash).toEqual(createHash('sha256').update(tokenOf(made)).digest());
    expect(kept?.row).not.toContain(tokenOf(made));
    expect(kept?.hours).toBe(48);
    expect(auth.logged()).not.toContain(tokenOf(made));
  });

  test('sets the password, ends all sessions, and is good once', async () => {
    const { id, email, password } = await aPerson();
    const { session } = await signIn(email, password);
    const token = tokenOf(await makeLink(id));

    expect((await reset(token, anotherPassword)).status).toBe(204);
    expect(await isActive(session)).toBe(false);
    expect(outcome(await signIn(email, password))).toEqual([401, 'auth.password_wrong']);
    expect((await signIn(email, anotherPassword, other)).status).toBe(200);
    expect(outcome(await reset(token, 'another one altogether'))).toEqual([400, 'auth.password_reset_invalid']);
    expect(auth.logged()).not.toContain(anotherPassword);
  });

  test('A-46: sent many times at once, to two instances, sets one password', async () => {
    const { id, email } = await aPerson();
    const token = tokenOf(await makeLink(id));
    const attempts = Array.from({ length: 4 }, (_, n) => ({ n, password: `a sentence with a number, ${n}` }));
    const statuses = await Promise.all(
      attempts.map(async ({ n, password }) => (await reset(token, password, n % 2 ? auth : other)).status),
    );

    expect(statuses.filter((status) => status === 204)).toHaveLength(1);
    const winner = attempts[statuses.indexOf(204)]?.password ?? '';
    expect((await signIn(email, winner)).status).toBe(200);
  });

  test('is worth nothing after 48 hours, or once there is another one', async () => {
    const { id, email, password } = await aPerson();
    const replaced = tokenOf(await makeLink(id));
    const expired = tokenOf(await makeLink(id));
    await auth.query('update password_reset set expires_at = now() where account_id = $1', [id]);

    const answers = [
      await reset(replaced, anotherPassword),
      await reset(expired, anotherPassword),
      await reset('nothing', 'short'),
    ];
    expect(answers.map(outcome)).toEqual(answers.map(() => [400, 'auth.password_reset_invalid']));
    expect(new Set(answers.map(({ text }) => text)).size).toBe(1);
    expect((await signIn(email, password)).status).toBe(200);
  });

  test('is still good after a password that is not', async () => {
    const { id, email } = await aPerson();
    const token = tokenOf(await makeLink(id));

    for (const weak of ['short', 'Password1234!', email.toUpperCase(), '', 'x'.repeat(1025)]) {
      const refused = await reset(token, weak);
      expect(outcome(refused)).toEqual([400, 'auth.password_weak']);
      expect(refused.body.details.faults).toHaveLength(1);
    }
    expect((await reset(token, anotherPassword)).status).toBe(204);
  });

  test('ends the session of a sign-in that was under way, too', async () => {
    const { id, email, password } = await aPerson();
    const token = tokenOf(await makeLink(id));
    const { session } = await whileWritesLinger(auth, 'before insert on session', async () => {
      const signingIn = signIn(email, password);
      await eventually(async () => expect(await countLingering(auth)).toBe(1));
      expect((await reset(token, anotherPassword, other)).status).toBe(204);
      return signingIn;
    });

    expect(session).toBeDefined();
    expect(await isActive(session)).toBe(false);
  });

  test('A-40: is not made for somebody who came by single sign-on, nor for an API key', async () => {
    const email = anAddress();
    await auth.signIn(aToken({ email }));
    const key = await auth.asAdministrator('POST', '/api/api-keys', { name: 'Report', groupIds: [3] });
    const before = await auth.query('select account_id from password_reset');

    for (const id of [await idOf(email), key.body.id])
      expect(outcome(await makeLink(id))).toEqual([409, 'auth.account_without_password']);
    expect(outcome(await makeLink(unknownId))).toEqual([404, 'auth.account_not_found']);
    expect(await auth.query('select account_id from password_reset')).toEqual(before);
  });

  test('A-71: is made by administrators only', async () => {
    const { id, email, password } = await aPerson();
    const { session = '' } = await signIn(email, password);
    const path = `/api/accounts/${id}/password-reset`;

    expect((await auth.request(path, { method: 'POST' })).status).toBe(401);
    expect(outcome(await auth.request(path, { method: 'POST', headers: { 'x-metabase-session': session } }))).toEqual([
      403,
      'auth.administrator_required',
    ]);
  });

  test('is not used by a page of another site', async () => {
    const token = tokenOf(await makeLink((await aPerson()).id));
    const refused = await auth.request('/api/password-reset', {
      method: 'POST',
      body: { token, password: anotherPassword },
      headers: { origin: 'https://evil.example' },
    });

    expect(refused.status).toBe(403);
    expect((await reset(token, anotherPassword)).status).toBe(204);
  });
});

describe('changing the own password', () => {
  const change = (session: string | undefined, body: unknown): Promise<Answered> =>
    auth.request('/api/password', { method: 'PUT', body, headers: { 'x-metabase-session': session ?? '' } });

  test('ends the other sessions, and leaves the one that asked', async () => {
    const { email, password } = await aPerson();
    const [mine, elsewhere] = [await signIn(email, password), await signIn(email, password)];
    const changed = await change(mine.session, { currentPassword: password, newPassword: anotherPassword });

    expect(changed.status).toBe(204);
    expect([await isActive(mine.session), await isActive(elsewhere.session)]).toEqual([true, false]);
    expect((await signIn(email, password)).status).toBe(401);
    expect((await signIn(email, anotherPassword, other)).status).toBe(200);
  });

  test('needs the current one, and a new one that is good enough', async () => {
    const { email, password } = await aPerson();
    const [mine, elsewhere] = [await signIn(email, password), await signIn(email, password)];
    const wrong = await change(mine.session, { currentPassword: 'wrong', newPassword: anotherPassword });
    const weak = await change(mine.session, { currentPassword: password, newPassword: 'Password1234' });

    expect(outcome(wrong)).toEqual([403, 'auth.current_password_wrong']);
    expect(outcome(weak)).toEqual([400, 'auth.password_weak']);
    expect(await isActive(elsewhere.session)).toBe(true);
    expect((await signIn(email, password)).status).toBe(200);
  });

  test('A-40: gives none to somebody who came by single sign-on, nor to an API key', async () => {
    const { session } = await auth.signIn(aToken());
    const key = await auth.asAdministrator('POST', '/api/api-keys', { name: 'Report', groupIds: [3] });
    const body = { currentPassword: '', newPassword: anotherPassword };

    expect(outcome(await change(session, body))).toEqual([409, 'auth.account_without_password']);
    const byKey = await auth.request('/api/password', { method: 'PUT', body, headers: { 'x-api-key': key.body.key } });
    expect(outcome(byKey)).toEqual([409, 'auth.account_without_password']);
  });

  test('outlives a start with the password that the environment had set before, but not with another one', async () => {
    const own = await startAuth();
    const asFirst = async (password: string, at = own): Promise<number> =>
      (await signIn(administrator.email, password, at)).status;
    const { session = '' } = await signIn(administrator.email, administrator.password, own);
    await own.request('/api/password', {
      method: 'PUT',
      body: { currentPassword: administrator.password, newPassword: anotherPassword },
      headers: { 'x-metabase-session': session },
    });
    const again = await startAuth({ databases: own.databases });
    expect([await asFirst(anotherPassword, again), await asFirst(administrator.password, again)]).toEqual([200, 401]);
    expect((await again.introspect(session)).active).toBe(true);
    await again.stop();

    const changed = await startAuth({ databases: own.databases, adminPassword: 'what the operator says' });
    expect([await asFirst('what the operator says', changed), await asFirst(anotherPassword, changed)]).toEqual([
      200, 401,
    ]);
    await changed.stop();
    await own.stop();
  });
});

describe('turning passwords off', () => {
  let own: RunningAuth;
  let twin: RunningAuth;

  beforeAll(async () => {
    own = await startAuth();
    twin = await startAuth({ beside: own });
  });

  afterAll(() => own.stop());

  const put = (enabled: boolean): Promise<Answered> => own.asAdministrator('PUT', '/api/password-sign-in', { enabled });

  const asFirst = (at: RunningAuth): Promise<Answered> => signIn(administrator.email, administrator.password, at);

  test('is refused until an administrator has signed in through an enabled provider', async () => {
    const [member, boss] = [anAddress(), anAddress()];
    await own.signIn(aToken({ email: member }));
    expect(outcome(await put(false))).toEqual([409, 'auth.no_other_way_in']);

    await own.signIn(aToken({ email: boss }));
    await own.query('update account set first_administrator = true where email = $1', [boss]);
    await own.asAdministrator('PUT', '/api/providers/jwt', { enabled: false });
    expect(outcome(await put(false))).toEqual([409, 'auth.no_other_way_in']);

    await own.asAdministrator('PUT', '/api/providers/jwt', { enabled: true, identityProviderUri: providerUri });
    await own.query("update account set status = 'deactivated' where email = $1", [boss]);
    expect(outcome(await put(false))).toEqual([409, 'auth.no_other_way_in']);
    expect((await own.asAdministrator('GET', '/api/password-sign-in')).body).toEqual({ enabled: true });

    await own.query("update account set status = 'active' where email = $1", [boss]);
    expect(await put(false)).toMatchObject({ status: 200, body: { enabled: false } });
    expect((await own.asAdministrator('GET', '/api/password-sign-in')).body).toEqual({ enabled: false });
  });

  test('refuses every password on every instance with the same code, and computes nothing for it', async () => {
    for (const at of [own, twin]) {
      const attempts = await Promise.all([
        asFirst(at),
        signIn(anAddress(), 'wrong', at),
        signIn('', '', at),
        asFirst(at),
      ]);
      expect(attempts.map(outcome)).toEqual(attempts.map(() => [403, 'auth.password_sign_in_disabled']));
      expect(await at.ask(describePasswordSignIn, {})).toEqual({ enabled: false });
    }
  });

  test('leaves the sessions, and sign-ins through the provider', async () => {
    expect((await own.asAdministrator('GET', '/api/sessions')).status).toBe(200);
    expect((await twin.signIn(aToken())).status).toBe(302);
  });

  test('keeps the last provider from being turned off or deleted, which would lock everybody out', async () => {
    const putProvider = (name: string, enabled: boolean): Promise<Answered> =>
      own.asAdministrator('PUT', `/api/providers/${name}`, { enabled });
    expect(outcome(await putProvider('jwt', false))).toEqual([409, 'auth.last_way_in']);

    await own.asAdministrator('POST', '/api/providers', { name: 'partner', kind: 'jwt', settings: { enabled: true } });
    expect(outcome(await putProvider('jwt', false))).toEqual([409, 'auth.last_way_in']);
    await own.asAdministrator('POST', '/api/providers/partner/keys');
    expect((await putProvider('jwt', false)).status).toBe(200);
    expect(outcome(await own.asAdministrator('DELETE', '/api/providers/partner'))).toEqual([409, 'auth.last_way_in']);
    expect(outcome(await putProvider('partner', false))).toEqual([409, 'auth.last_way_in']);

    const settings = { enabled: true, issuer: 'https://login.example', clientId: 'sandgate' };
    await own.asAdministrator('POST', '/api/providers', { name: 'company', kind: 'oidc', settings });
    expect((await own.asAdministrator('DELETE', '/api/providers/partner')).status).toBe(204);
    const off = { kind: 'oidc', enabled: false };
    expect(outcome(await own.asAdministrator('PUT', '/api/providers/company', off))).toEqual([409, 'auth.last_way_in']);
    expect(outcome(await own.asAdministrator('DELETE', '/api/providers/company'))).toEqual([409, 'auth.last_way_in']);

    expect((await putProvider('jwt', true)).status).toBe(200);
    expect((await own.asAdministrator('DELETE', '/api/providers/company')).status).toBe(204);
  });

  test('keeps the last provider from being without a key, now or later', async () => {
    const keys = '/api/providers/partner/keys';
    const addKey = async (): Promise<string> => String((await own.asAdministrator('POST', keys)).body['id']);
    const retire = (id: string, retireAt: string | null): Promise<Answered> =>
      own.asAdministrator('PATCH', `${keys}/${id}`, { retireAt });
    await own.asAdministrator('POST', '/api/providers', { name: 'partner', kind: 'jwt', settings: { enabled: true } });
    const first = await addKey();
    expect((await own.asAdministrator('PUT', '/api/providers/jwt', { enabled: false })).status).toBe(200);
    const tomorrow = new Date(Date.now() + 86_400_000).toISOString();

    expect(outcome(await own.asAdministrator('DELETE', `${keys}/${first}`))).toEqual([409, 'auth.last_way_in']);
    expect(outcome(await retire(first, tomorrow))).toEqual([409, 'auth.last_way_in']);

    const second = await addKey();
    expect((await retire(first, tomorrow)).status).toBe(200);
    expect(outcome(await retire(second, tomorrow))).toEqual([409, 'auth.last_way_in']);
    expect(outcome(await own.asAdministrator('DELETE', `${keys}/${second}`))).toEqual([409, 'auth.last_way_in']);

    expect((await own.asAdministrator('PUT', '/api/providers/jwt', { enabled: true })).status).toBe(200);
    expect((await own.asAdministrator('DELETE', `${keys}/${second}`)).status).toBe(204);
    expect((await own.asAdministrator('DELETE', '/api/providers/partner')).status).toBe(204);
  });

  test('is undone by the operator', async () => {
    await twin.ask(enablePasswordSignIn, {});
    await twin.ask(enablePasswordSignIn, {});

    expect((await asFirst(own)).status).toBe(200);
  });
});
