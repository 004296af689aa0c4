import { randomUUID } from 'node:crypto';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from '@jest/globals';
import { SignInRefused } from '@sandgate/contracts';
import fc from 'fast-check';
import pg from 'pg';
import { dumpOf } from '../../support/dump.js';
import { eventually } from '../../support/eventually.js';
import { type Answered, administrator, type RunningAuth, startAuth } from './running-auth.js';
import { anAddress, aToken, seconds, sign } from './tokens.js';

let auth: RunningAuth;
/** A provider of this test alone, enabled, and its only key. */
let name: string;
let key: { id: string; secret: string };

beforeAll(async () => {
  auth = await startAuth();
});
afterAll(() => auth?.stop());

beforeEach(async () => {
  name = `p-${randomUUID()}`;
  await create({ enabled: true });
  key = (await auth.asAdministrator('POST', `/api/providers/${name}/keys`)).body;
});
afterEach(async () => {
  await auth.asAdministrator('PUT', '/api/providers/jwt', { enabled: true, trustedDomains: [] });
  await auth.asAdministrator('PUT', '/api/password-sign-in', { enabled: true });
  // The last, for it may have been the only way in.
  await auth.asAdministrator('DELETE', `/api/providers/${name}`);
});

const create = (settings: object): Promise<Answered> =>
  auth.asAdministrator('POST', '/api/providers', { name, kind: 'jwt', settings });
const ofProvider = (claims: Record<string, unknown> = {}, secret = key.secret): string =>
  sign({ email: anAddress(), jti: randomUUID(), iat: seconds(), ...claims }, { secret });
/** Signs in, and answers the account. */
const accountOf = async (token: string): Promise<string> => {
  const introspected = await auth.introspect((await auth.signIn(token)).session);
  if (!introspected.active) throw new Error('the sign-in was refused');
  return introspected.accountId;
};

/** Asks for a dry run and expects it to leave every row as it was. */
async function withoutTrace(method: string, path: string, body?: unknown): Promise<Answered> {
  const before = await traces();
  const answered = await auth.asAdministrator(method, `${path}?dryRun=true`, body);
  expect(await traces()).toEqual(before);
  return answered;
}
const dryRun = (method: string, path: string, body?: unknown): Promise<Answered> =>
  withoutTrace(method, `/api/providers${path}`, body);

/** Every row, but for refusals of earlier sign-ins, which are announced once a second. */
const traces = async (): Promise<unknown> =>
  [...(await dumpOf(auth.databases.adminUrl))].map(([table, lines]) => [
    table,
    lines.filter((line) => !line.includes(SignInRefused.type)),
  ]);

/** As if the provider had signed the account in by its e-mail. */
const knownBy = (provider: string, accountId: string | undefined): Promise<unknown> =>
  auth.query(
    'insert into identity (provider, external_key, account_id) select $1, email, id from account where id = $2',
    [provider, accountId],
  );

const nobody = { shutOut: 0, accountIds: [], administratorsLeft: 1 };

describe('a dry run of a change of providers', () => {
  test('tells whom a provider that is turned off or deleted would shut out, and which sessions end', async () => {
    const domain = `${randomUUID()}.example`;
    for (const provider of ['jwt', name])
      await auth.asAdministrator('PUT', `/api/providers/${provider}`, { trustedDomains: [domain] });
    const ofBoth = `both@${domain}`;
    await accountOf(aToken({ email: ofBoth }));
    await accountOf(ofProvider({ email: ofBoth }));
    const only = await accountOf(ofProvider());
    const deactivated = await accountOf(ofProvider());
    await auth.query(`update account set status = 'deactivated' where id = $1`, [deactivated]);

    const off = await dryRun('PUT', `/${name}`, { enabled: false });
    expect(off).toMatchObject({ status: 200 });
    expect(off.body).toEqual({
      dryRun: true,
      sessionsEnded: { exactly: 0 },
      reached: 3,
      compared: 3,
      shutOut: 1,
      accountIds: [only],
      letIn: 0,
      letInAccountIds: [],
      administratorsLeft: 1,
    });
    const gone = await dryRun('DELETE', `/${name}`);
    // The deactivated account's is still there, for this test has deactivated it behind auth's back.
    expect(gone).toMatchObject({ status: 200, body: { ...off.body, sessionsEnded: { exactly: 3 } } });

    expect((await auth.asAdministrator('DELETE', `/api/providers/${name}`)).status).toBe(204);
    expect((await auth.signIn(ofProvider({ email: ofBoth }))).status).toBe(401);
    expect((await auth.signIn(aToken({ email: ofBoth }))).status).toBe(302);
  });

  test('tells whom a provider that is turned on would let in', async () => {
    const account = await accountOf(ofProvider());
    const both = await accountOf(ofProvider());
    await knownBy('jwt', both);
    expect((await auth.asAdministrator('PUT', `/api/providers/${name}`, { enabled: false })).status).toBe(200);

    expect((await dryRun('PUT', `/${name}`, { enabled: true })).body).toMatchObject({
      ...nobody,
      reached: 2,
      letIn: 1,
      letInAccountIds: [account],
    });
  });

  test('of an OpenID Connect provider tells the same', async () => {
    const oidc = `o-${randomUUID()}`;
    const settings = { issuer: 'https://issuer.example', clientId: 'sandgate', enabled: true };
    await auth.asAdministrator('POST', '/api/providers', { name: oidc, kind: 'oidc', settings });
    const account = await accountOf(ofProvider());
    await auth.query('update identity set provider = $1 where account_id = $2', [oidc, account]);
    await auth.query('update session set provider = $1, key_id = null where account_id = $2', [oidc, account]);

    const shut = { reached: 1, shutOut: 1, accountIds: [account], administratorsLeft: 1 };
    expect((await dryRun('PUT', `/${oidc}`, { kind: 'oidc', enabled: false })).body).toMatchObject(shut);
    expect((await dryRun('PUT', `/${oidc}`, { kind: 'oidc', pkce: true })).body).toMatchObject(nobody);
    const deleted = await dryRun('DELETE', `/${oidc}`);
    expect(deleted.body).toMatchObject({ ...shut, sessionsEnded: { exactly: 1 } });
    const faulty = await dryRun('PUT', `/${oidc}`, { kind: 'oidc', pkce: false });
    expect(faulty).toMatchObject({ status: 400, body: { code: 'auth.settings_invalid' } });
    await auth.asAdministrator('DELETE', `/api/providers/${oidc}`);
  });

  test('A-30: tells whom a domain that is closed to other providers shuts out', async () => {
    const domain = `${randomUUID()}.example`;
    const other = await accountOf(aToken({ email: `other@${domain}` }));
    const own = await accountOf(ofProvider({ email: `own@${domain}` }));
    await accountOf(ofProvider());

    const closed = await dryRun('PUT', `/${name}`, { trustedDomains: [domain] });
    expect(closed.body).toMatchObject({ reached: 3, compared: 3, shutOut: 1, accountIds: [other] });
    const created = await dryRun('POST', '', {
      name: `${name}-2`,
      kind: 'jwt',
      settings: { trustedDomains: [domain] },
    });
    expect(created.body).toMatchObject({ reached: 2, shutOut: 2, accountIds: [other, own].sort() });

    await auth.asAdministrator('PUT', `/api/providers/${name}`, { trustedDomains: [domain] });
    expect((await auth.signIn(aToken({ email: `other@${domain}` }))).status).toBe(401);
    expect((await dryRun('PUT', `/${name}`, { trustedDomains: [] })).body).toMatchObject({ reached: 3, ...nobody });
    // With the provider the domain is open again, to another one that knows the person.
    await knownBy('jwt', own);
    expect((await dryRun('DELETE', `/${name}`)).body).toMatchObject({ reached: 3, shutOut: 1 });
  });

  test('A-12: tells which sessions end with a key, at the time of its retirement, and whom no key lets in then', async () => {
    const account = await accountOf(ofProvider());
    const { body: second } = await auth.asAdministrator('POST', `/api/providers/${name}/keys`);
    await auth.signIn(ofProvider({}, second.secret));
    const path = `/${name}/keys/${key.id}`;
    const retire = (days: number) =>
      dryRun('PATCH', path, { retireAt: new Date(Date.now() + days * 86_400_000).toISOString() });

    expect((await dryRun('DELETE', path)).body).toMatchObject({ sessionsEnded: { exactly: 1 }, reached: 2, ...nobody });
    expect((await retire(1)).body).toMatchObject({ sessionsEnded: { exactly: 1 }, ...nobody });
    // Two weeks are the longest that a session lasts.
    expect((await retire(15)).body).toMatchObject({ sessionsEnded: { exactly: 0 }, ...nobody });
    expect((await dryRun('PATCH', path, { retireAt: null })).body).toMatchObject({ sessionsEnded: { exactly: 0 } });

    await auth.asAdministrator('DELETE', `/api/providers/${name}/keys/${second.id}`);
    const last = await dryRun('DELETE', path);
    expect(last.body).toMatchObject({ sessionsEnded: { exactly: 1 }, shutOut: 2, administratorsLeft: 1 });
    expect(last.body.accountIds).toContain(account);
    expect((await retire(15)).body).toMatchObject({ sessionsEnded: { exactly: 0 }, shutOut: 2 });
  });

  test('tells whom the first key of a provider would let in, and neither shows nor keeps one', async () => {
    const [account, both] = [await accountOf(ofProvider()), await accountOf(ofProvider())];
    await knownBy('jwt', both);
    const path = `/${name}/keys`;

    const second = await dryRun('POST', path);
    expect(second).toMatchObject({ status: 200, body: { ...nobody, dryRun: true, reached: 2, letIn: 0 } });
    await auth.asAdministrator('DELETE', `/api/providers${path}/${key.id}`);
    const first = await dryRun('POST', path);
    expect(first.body).toEqual({ ...second.body, letIn: 1, letInAccountIds: [account] });
    expect((await dryRun('POST', path, { algorithm: 'RS256', publicKey: 'none' })).body.code).toBe(
      'auth.settings_invalid',
    );

    const { secret } = (await auth.asAdministrator('POST', `/api/providers${path}`)).body;
    expect((await auth.signIn(ofProvider({}, secret))).status).toBe(302);
    await auth.asAdministrator('POST', `/api/providers${path}`);
    expect((await dryRun('POST', path)).body.code).toBe('auth.key_limit');
  });

  test('tells that no administrator would be left', async () => {
    const [first] = await auth.query<{ id: string }>('select id from account where first_administrator');
    await knownBy(name, first?.id);
    expect((await auth.asAdministrator('PUT', '/api/password-sign-in', { enabled: false })).status).toBe(200);

    expect((await dryRun('PUT', `/${name}`, { enabled: false })).body).toMatchObject({
      shutOut: 1,
      administratorsLeft: 0,
    });
    await auth.asAdministrator('PUT', '/api/providers/jwt', { enabled: false });
    for (const [method, body] of [['PUT', { enabled: false }], ['DELETE']] as const)
      expect(await dryRun(method, `/${name}`, body)).toMatchObject({ status: 409, body: { code: 'auth.last_way_in' } });
  });

  test('is refused as the change would be, and a misspelt parameter makes no change', async () => {
    const refusals: [string, string, unknown, number, string][] = [
      ['POST', '', { name: 'jwt', kind: 'jwt' }, 409, 'auth.provider_exists'],
      ['PUT', '/nobody', { enabled: false }, 404, 'auth.provider_not_found'],
      ['PUT', '/jwt', { emailClaim: 'iat' }, 400, 'auth.settings_invalid'],
      ['DELETE', '/jwt', undefined, 409, 'auth.provider_built_in'],
      ['DELETE', '/nobody', undefined, 404, 'auth.provider_not_found'],
      ['POST', '/nobody/keys', undefined, 404, 'auth.provider_not_found'],
      ['DELETE', `/${name}/keys/none`, undefined, 404, 'auth.key_not_found'],
      ['PATCH', `/${name}/keys/none`, { retireAt: null }, 404, 'auth.key_not_found'],
    ];
    for (const [method, path, body, status, code] of refusals)
      expect(await dryRun(method, path, body)).toMatchObject({ status, body: { code } });

    const before = await traces();
    for (const query of ['dryrun=true', 'dryRun=yes', 'dryRun=true&dryRun=true'])
      for (const [method, path, body] of [
        ['PUT', `/${name}`, { enabled: false }],
        ['DELETE', `/${name}`],
        ['DELETE', `/${name}/keys/${key.id}`],
        ['PATCH', `/${name}/keys/${key.id}`, { retireAt: new Date().toISOString() }],
        ['POST', '', { name: `${name}-2`, kind: 'jwt' }],
        ['POST', `/${name}/keys`],
      ] as const)
        expect((await auth.asAdministrator(method, `/api/providers${path}?${query}`, body)).status).toBe(400);
    expect(await traces()).toEqual(before);
  });

  test('is for administrators', async () => {
    const { session } = await auth.signIn(aToken());
    const headers = { 'x-metabase-session': session ?? '' };
    const answered = await auth.request(`/api/providers/${name}?dryRun=true`, { method: 'DELETE', headers });
    expect(answered).toMatchObject({ status: 403, body: { code: 'auth.administrator_required' } });
  });

  test('lets people sign in meanwhile', async () => {
    await auth.signIn(ofProvider({ sub: 'known' }));
    // The last that is written, when everything is locked that it locks.
    const last = 'after update on provider for each row when (not old.enabled)';
    const preview = await whileHeld(last, ['DELETE', `/api/providers/${name}`], async () => {
      const statuses: number[] = [];
      for (const sub of ['known', 'new'])
        void auth.signIn(ofProvider({ sub })).then(({ status }) => statuses.push(status));
      await eventually(async () => expect(statuses).toEqual([302, 302]));
    });
    expect(preview.status).toBe(200);
  });
});

/** Runs `work` while a dry run waits at `moment`. */
async function whileHeld(
  moment: string,
  [method, path, body]: [string, string, unknown?],
  work: () => Promise<void>,
): Promise<Answered> {
  const holder = new pg.Client({ connectionString: auth.databases.adminUrl });
  await holder.connect();
  await holder.query('select pg_advisory_lock(1)');
  await auth.query(
    'create or replace function hold() returns trigger language plpgsql as $$ begin perform pg_advisory_xact_lock(1); return new; end $$',
  );
  await auth.query(`create trigger hold ${moment} execute function hold()`);
  try {
    const preview = auth.asAdministrator(method, `${path}?dryRun=true`, body);
    await eventually(async () =>
      expect(await auth.query("select from pg_locks where locktype = 'advisory' and not granted")).toHaveLength(1),
    );
    await work();
    await holder.query('select pg_advisory_unlock(1)');
    return await preview;
  } finally {
    await holder.end();
    await auth.query(`drop trigger hold on ${moment.split(' ')[3]}`);
  }
}

describe('a dry run of turning passwords off or on', () => {
  const path = '/api/password-sign-in';
  const put = (enabled: boolean): Promise<Answered> => auth.asAdministrator('PUT', path, { enabled });
  const dryRunOf = (enabled: boolean): Promise<Answered> => withoutTrace('PUT', path, { enabled });
  const signIn = (email: string): Promise<Answered> =>
    auth.request('/api/session', { method: 'POST', body: { username: email, password: administrator.password } });

  /** An account whose password is the first administrator's: making a hash takes its time. */
  async function withPassword(): Promise<{ id: string; email: string }> {
    const email = anAddress();
    const [made] = await auth.query<{ id: string }>(
      `insert into account (id, email, password_hash)
       select gen_random_uuid(), $1, password_hash from account where first_administrator returning id`,
      [email],
    );
    return { id: made?.id ?? '', email };
  }
  /** As if the first administrator had signed in by the provider, too. */
  async function administratorIsKnown(): Promise<void> {
    const [first] = await auth.query<{ id: string }>('select id from account where first_administrator');
    await knownBy(name, first?.id);
  }
  afterEach(() => auth.query('update account set password_hash = null where not first_administrator'));

  test('tells whom it shuts out or lets in, and ends no session', async () => {
    await administratorIsKnown();
    const [only, both, deactivated] = [await withPassword(), await withPassword(), await withPassword()];
    await knownBy(name, both.id);
    await auth.query(`update account set status = 'deactivated' where id = $1`, [deactivated.id]);
    await accountOf(ofProvider());
    const { session } = await signIn(only.email);

    const off = await dryRunOf(false);
    expect(off).toMatchObject({ status: 200 });
    expect(off.body).toEqual({
      dryRun: true,
      sessionsEnded: { exactly: 0 },
      reached: 4,
      compared: 4,
      shutOut: 1,
      accountIds: [only.id],
      letIn: 0,
      letInAccountIds: [],
      administratorsLeft: 1,
    });
    expect((await dryRunOf(true)).body).toEqual({ ...off.body, shutOut: 0, accountIds: [] });

    expect((await put(false)).body).toEqual({ enabled: false });
    expect((await signIn(only.email)).status).toBe(403);
    expect((await auth.introspect(session)).active).toBe(true);
    expect((await auth.signIn(ofProvider({ email: both.email }))).status).toBe(302);
    expect((await dryRunOf(true)).body).toEqual({
      ...off.body,
      shutOut: 0,
      accountIds: [],
      letIn: 1,
      letInAccountIds: [only.id],
    });

    expect((await put(true)).body).toEqual({ enabled: true });
    expect((await signIn(only.email)).status).toBe(200);
  });

  test('is refused as the change would be, and a misspelt parameter makes no change', async () => {
    const refused = { status: 409, body: { code: 'auth.no_other_way_in' } };
    expect(await dryRunOf(false)).toMatchObject(refused);
    await administratorIsKnown();
    await auth.asAdministrator('PUT', `/api/providers/${name}`, { enabled: false });
    expect(await dryRunOf(false)).toMatchObject(refused);
    await auth.asAdministrator('PUT', `/api/providers/${name}`, { enabled: true });
    expect(await dryRunOf(false)).toMatchObject({ status: 200 });
    await auth.asAdministrator('DELETE', `/api/providers/${name}/keys/${key.id}`);
    expect(await dryRunOf(false)).toMatchObject(refused);

    for (const query of ['dryrun=true', 'dryRun=yes', 'dryRun=true&dryRun=true'])
      expect((await auth.asAdministrator('PUT', `${path}?${query}`, { enabled: false })).status).toBe(400);
    expect((await auth.asAdministrator('GET', path)).body).toEqual({ enabled: true });
  });

  test('is for administrators', async () => {
    const { session } = await auth.signIn(aToken());
    const headers = { 'x-metabase-session': session ?? '' };
    const answered = await auth.request(`${path}?dryRun=true`, { method: 'PUT', headers, body: { enabled: true } });
    expect(answered).toMatchObject({ status: 403, body: { code: 'auth.administrator_required' } });
  });

  test('lets people sign in meanwhile', async () => {
    await administratorIsKnown();
    const { email } = await withPassword();
    const moment = 'after update on password_sign_in for each row';
    const preview = await whileHeld(moment, ['PUT', path, { enabled: false }], async () => {
      const statuses: number[] = [];
      for (const signingIn of [signIn(email), auth.signIn(ofProvider())])
        void signingIn.then(({ status }) => statuses.push(status));
      await eventually(async () => expect(statuses.sort()).toEqual([200, 302]));
    });
    expect(preview.status).toBe(200);
  });
});

describe('whoever a dry run says would be shut out or let in', () => {
  const names = ['one', 'two', 'three'] as const;
  const domains = ['a.example', 'b.example'] as const;
  const some = <Item>(items: readonly Item[]) => fc.uniqueArray(fc.constantFrom(...items), { maxLength: items.length });
  const world = fc.record({
    trusted: fc.tuple(some(domains), some(domains), some(domains)),
    off: some(names),
    people: fc.array(fc.record({ domain: fc.constantFrom(...domains, 'c.example'), names: some(names) }), {
      minLength: 3,
      maxLength: 6,
    }),
    change: fc.oneof(
      fc.record({
        provider: fc.constantFrom(...names),
        method: fc.constant('DELETE'),
        path: fc.constantFrom('', '/key'),
      }),
      fc.record({
        provider: fc.constantFrom(...names),
        method: fc.constant('PUT'),
        body: fc.oneof(
          fc.record({ enabled: fc.boolean() }),
          fc.record({ trustedDomains: some(domains) }),
          fc.record({ enabled: fc.boolean(), trustedDomains: some(domains) }),
        ),
      }),
    ),
  });

  test('is, and nobody else', async () => {
    await fc.assert(
      fc.asyncProperty(world, async ({ trusted, off, people, change }) => {
        const suffix = randomUUID();
        const providerOf = (one: string): string => `${one}-${suffix}`;
        const keys = new Map<string, { id: string; secret: string }>();
        for (const [n, one] of names.entries()) {
          const settings = {
            enabled: !off.includes(one),
            trustedDomains: trusted[n]?.map((domain) => `${suffix}.${domain}`),
          };
          await auth.asAdministrator('POST', '/api/providers', { name: providerOf(one), kind: 'jwt', settings });
          keys.set(one, (await auth.asAdministrator('POST', `/api/providers/${providerOf(one)}/keys`)).body);
        }
        const known = people.map(({ domain, names }, n) => ({
          id: randomUUID(),
          email: `person-${n}@${suffix}.${domain}`,
          names,
        }));
        for (const { id, email, names } of known) {
          await auth.query('insert into account (id, email) values ($1, $2)', [id, email]);
          for (const one of names) await knownBy(providerOf(one), id);
        }
        const whoSignsIn = async (): Promise<Set<string>> => {
          const signedIn = new Set<string>();
          for (const { id, email, names } of known)
            for (const one of names) {
              const token = ofProvider({ email }, keys.get(one)?.secret);
              const more = `&provider=${providerOf(one)}`;
              if ((await auth.signIn(token, { more })).status === 302) signedIn.add(id);
            }
          return signedIn;
        };
        const { provider, method } = change;
        const key = 'path' in change && change.path !== '' ? `/keys/${keys.get(provider)?.id}` : '';
        const trustedDomains = (body: { enabled?: boolean; trustedDomains?: string[] }) =>
          body.trustedDomains && { trustedDomains: body.trustedDomains.map((domain) => `${suffix}.${domain}`) };
        const body = 'body' in change ? { ...change.body, ...trustedDomains(change.body) } : undefined;
        const path = `/api/providers/${providerOf(provider)}${key}`;

        const before = await whoSignsIn();
        const told = await auth.asAdministrator(method, `${path}?dryRun=true`, body);
        expect([200, 204]).toContain((await auth.asAdministrator(method, path, body)).status);
        const after = await whoSignsIn();

        const shutOut = [...before].filter((id) => !after.has(id)).sort();
        const letIn = [...after].filter((id) => !before.has(id)).sort();
        expect(told.body).toMatchObject({ shutOut: shutOut.length, accountIds: shutOut });
        expect(told.body).toMatchObject({ letIn: letIn.length, letInAccountIds: letIn });
        for (const one of names) await auth.asAdministrator('DELETE', `/api/providers/${providerOf(one)}`);
      }),
      { numRuns: 15 },
    );
  }, 60_000);
});
