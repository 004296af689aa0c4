import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { anAddress, aToken, seconds, sign } from '../auth/tokens.js';
import { administrator, type RunningSandgate, startSandgate } from './running-sandgate.js';

const schema = `
  create table accounts (id integer primary key, region text);
  insert into accounts values (1, 'Europe'), (2, 'Asia'), (3, 'Europe'), (4, null);
  create table invoices (id integer primary key, account_id integer references accounts, status text);
  insert into invoices select n, n % 4 + 1, (array['open', 'paid'])[n % 2 + 1] from generate_series(1, 100) as n;
  create table salaries (id integer primary key)`;

let sandgate: RunningSandgate;
let groups: Record<string, number>;

beforeAll(async () => {
  sandgate = await startSandgate(schema);
  groups = await install();
}, 120_000);
afterAll(() => sandgate?.stop());

/** Customers see their own invoices, Regional those of their region, Auditors all; what is claimed leads there. */
async function install(): Promise<Record<string, number>> {
  const { body: tables } = await sandgate.request('GET', '/api/tables');
  const idOf = (name: string): number => tables.data.find((table: { name: string }) => table.name === name).id;
  const made: Record<string, number> = {};
  for (const name of ['Customers', 'Regional', 'Auditors'])
    made[name] = (await sandgate.request('POST', '/api/groups', { name })).body.id;
  const own = { column: 'account_id', operator: '=', value: { attribute: 'account_id' } };
  const region = { column: 'region', operator: '=', value: { attribute: 'region' } };
  const through = { through: { columns: ['account_id'], tableId: idOf('accounts') }, rule: region };
  const sandboxes = [
    { groupId: made['Customers'], tableId: idOf('invoices'), rule: own },
    { groupId: made['Regional'], tableId: idOf('invoices'), rule: through },
    { groupId: made['Regional'], tableId: idOf('accounts'), rule: region },
  ];
  for (const sandbox of sandboxes) expect((await sandgate.request('POST', '/api/sandboxes', sandbox)).status).toBe(201);
  const databaseId = tables.data[0].databaseId;
  const entries = [
    { groupId: made['Auditors'], databaseId, access: 'unrestricted' },
    { groupId: 1, databaseId, tableId: idOf('salaries'), access: 'none' },
  ];
  expect((await sandgate.request('PUT', '/api/data-permissions', { entries })).status).toBe(200);
  const mappings = { customer: [made['Customers']], region: [made['Regional']], audit: [made['Auditors'], 2] };
  const sync = { enabled: true, whenAbsent: 'keep', whenNull: 'remove', allowAdministrators: true, mappings };
  expect((await sandgate.request('PUT', '/api/group-sync/jwt', sync)).status).toBe(200);
  return made;
}

const accountOf = async (email: string) => {
  const { body } = await sandgate.request('GET', `/api/accounts?search=${encodeURIComponent(email)}`);
  return body.data[0] && (await sandgate.request('GET', `/api/accounts/${body.data[0].id}`)).body;
};

const signIn = async (token: string): Promise<string> => {
  const { status, session } = await sandgate.signIn(token);
  expect(status).toBe(302);
  await sandgate.settled();
  return session as string;
};

/** A dry run that must leave every row of every service as it was. */
const dryRun = (token: string) => withoutTrace(() => sandgate.dryRun(token));

async function withoutTrace(ask: () => ReturnType<typeof sandgate.request>) {
  await sandgate.settled();
  const before = await sandgate.dump();
  const { status, body } = await ask();
  expect(status).toBe(200);
  await sandgate.settled();
  expect(await sandgate.dump()).toEqual(before);
  return body;
}

const visible = (tables: { name: string; access: string; rows?: unknown; reason?: string }[]) =>
  Object.fromEntries(tables.map(({ name, access, rows, reason }) => [name, { access, rows: rows ?? reason }]));

describe('a dry run of a token', () => {
  test('tells of a new person what would be made and seen, with numbers of rows, and makes nothing', async () => {
    const email = anAddress();
    const token = aToken({
      email,
      first_name: 'Ada',
      account_id: 2,
      nested: { a: 1 },
      groups: ['customer', 'nothing'],
    });

    const told = await dryRun(token);

    expect(told).toMatchObject({
      accepted: true,
      repeated: false,
      claimsTaken: true,
      droppedClaims: ['nested'],
      account: { id: null, email, firstName: { before: null, after: 'Ada' }, lastName: { before: null, after: null } },
      attributes: {
        created: [{ name: 'account_id', after: { value: 2, source: 'token' } }],
        changed: [],
        removed: [],
        kept: [],
      },
      memberships: {
        added: [
          { id: 1, name: 'All Users', sources: ['automatic'] },
          { id: groups['Customers'], name: 'Customers', sources: ['jwt'] },
        ],
        removed: [],
        kept: [],
      },
    });
    expect(visible(told.tables)).toEqual({
      accounts: { access: 'denied', rows: 'permissions.table_denied' },
      invoices: { access: 'sandboxed', rows: { exactly: 25 } },
      salaries: { access: 'denied', rows: 'permissions.table_denied' },
    });
    expect(await accountOf(email)).toBeUndefined();
    // The token is as good as before.
    await signIn(token);
  });

  test('tells what would change, attributes of the administrator among them', async () => {
    const email = anAddress();
    await signIn(
      aToken({ email, last_name: 'Byron', account_id: 1, region: 'Asia', tier: 'gold', groups: ['customer'] }),
    );
    const { id } = await accountOf(email);
    await sandgate.request('PATCH', `/api/accounts/${id}`, {
      adminAttributes: { region: { value: 'Europe', pinned: true }, tier: { value: 'silver', pinned: false } },
    });
    await sandgate.settled();

    const told = await dryRun(
      aToken({ email, last_name: 'Lovelace', account_id: 1, region: 'Asia', groups: ['region'] }),
    );

    expect(told.account).toMatchObject({ id, lastName: { before: 'Byron', after: 'Lovelace' } });
    expect(told.attributes).toMatchObject({
      created: [],
      changed: [{ name: 'tier', before: { value: 'gold' }, after: { value: 'silver', source: 'admin' } }],
      removed: [],
      kept: [{ name: 'account_id' }, { name: 'region', after: { value: 'Europe', source: 'admin' } }],
    });
    expect(told.memberships).toMatchObject({
      added: [{ name: 'Regional' }],
      removed: [{ name: 'Customers', sources: ['jwt'] }],
      kept: [{ name: 'All Users' }],
    });
    expect(visible(told.tables)).toMatchObject({
      accounts: { rows: { exactly: 2 } },
      invoices: { rows: { exactly: 50 } },
    });
  });

  test('tells a repeat, and claims that are older than those accepted', async () => {
    const email = anAddress();
    const iat = seconds();
    const repeatable = sign({ email, account_id: 1, iat });
    await signIn(repeatable);

    expect(await dryRun(repeatable)).toMatchObject({ accepted: true, repeated: true });
    const older = await dryRun(aToken({ email, account_id: 2, iat: iat - 10 }));
    expect(older).toMatchObject({ accepted: true, claimsTaken: false, attributes: { changed: [] } });
    expect(older.attributes.kept).toMatchObject([{ name: 'account_id', after: { value: 1 } }]);
  });

  test('tells the true reason of a refusal, also those that only what is stored can give', async () => {
    const used = aToken();
    await signIn(used);
    const deactivated = anAddress();
    await signIn(aToken({ email: deactivated }));
    const { id } = await accountOf(deactivated);
    await sandgate.request('PATCH', `/api/accounts/${id}`, { status: 'deactivated' });
    await sandgate.settled();

    const refusals: [string, string][] = [
      ['auth.token_used', used],
      ['auth.account_deactivated', aToken({ email: deactivated })],
      ['auth.account_has_password', aToken({ email: administrator.email })],
      ['auth.token_expired', aToken({ iat: seconds() - 1000 })],
      ['auth.token_signature', sign({ email: anAddress(), iat: seconds() }, { secret: 'another secret' })],
      ['auth.token_email_invalid', aToken({ email: 'nobody' })],
      ['auth.token_malformed', 'no token'],
    ];
    for (const [code, token] of refusals) expect(await dryRun(token)).toMatchObject({ accepted: false, code });
  });

  test('obeys the settings of the provider', async () => {
    const unknown = await sandgate.request('POST', '/api/providers/nobody/dry-run', { jwt: aToken() });
    expect(unknown).toMatchObject({ status: 404, body: { code: 'auth.provider_not_found' } });
    const put = (settings: unknown) => sandgate.request('PUT', '/api/providers/jwt', settings);
    await put({ userProvisioning: false });
    expect(await dryRun(aToken())).toMatchObject({ accepted: false, code: 'auth.account_unknown' });
    await put({ userProvisioning: true, enabled: false });
    expect(await dryRun(aToken())).toMatchObject({ accepted: false, code: 'auth.sso_disabled' });
    await put({ enabled: true });
    expect(await dryRun(aToken())).toMatchObject({ accepted: true });
  });

  test('is for administrators, and nothing of the token is in the log', async () => {
    const email = anAddress();
    const token = aToken({ email, account_id: 4_711, nested: {} });
    const session = await signIn(aToken());
    const refused = await sandgate.request('POST', '/api/providers/jwt/dry-run', { jwt: token }, session);
    expect(refused).toMatchObject({ status: 403, body: { code: 'auth.administrator_required' } });

    const already = sandgate.logged().length;
    await dryRun(token);
    const lines = sandgate.logged().slice(already).trim().split('\n');
    expect(lines.map((line) => JSON.parse(line).route)).toEqual(['post /api/providers/{provider}/dry-run']);
    expect(sandgate.logged()).not.toContain(email);
  });
});

describe('a dry run of what an OpenID Connect provider says', () => {
  const path = '/api/providers/corporate/dry-run';
  const dryRunClaims = (claims: object) => withoutTrace(() => sandgate.request('POST', path, { claims }));

  beforeAll(async () => {
    const settings = { enabled: true, issuer: 'https://login.example', clientId: 'sandgate' };
    await sandgate.request('POST', '/api/providers', { name: 'corporate', kind: 'oidc', settings });
    const mappings = { customer: [groups['Customers']] };
    await sandgate.request('PUT', '/api/group-sync/corporate', { enabled: true, mappings });
  });
  afterAll(() => sandgate.request('DELETE', '/api/providers/corporate'));

  test('tells account, attributes, memberships and rows, as for a token, and asks nobody else', async () => {
    const email = anAddress();
    const told = await dryRunClaims({
      iss: 'https://login.example',
      aud: 'sandgate',
      sub: '00u1',
      email,
      given_name: 'Ada',
      groups: ['customer'],
      account_id: 2,
      session_state: 'differs',
      address: { country: 'DE' },
    });

    expect(told).toMatchObject({
      accepted: true,
      repeated: false,
      claimsTaken: true,
      droppedClaims: ['address'],
      account: { id: null, email, firstName: { after: 'Ada' } },
      attributes: { created: [{ name: 'account_id', after: { value: 2, source: 'token' } }] },
      memberships: { added: [{ name: 'All Users' }, { name: 'Customers', sources: ['corporate'] }] },
    });
    expect(visible(told.tables)['invoices']).toEqual({ access: 'sandboxed', rows: { exactly: 25 } });
  });

  test('tells the true reason of a refusal', async () => {
    const ofJwt = anAddress();
    await signIn(aToken({ email: ofJwt }));
    const refusals: [string, object][] = [
      ['auth.account_of_another_provider', { sub: 'x', email: ofJwt }],
      ['auth.account_has_password', { sub: 'x', email: administrator.email }],
      ['auth.oidc_email_unverified', { sub: 'x', email: anAddress(), email_verified: false }],
      ['auth.token_email_invalid', { sub: 'x' }],
      ['auth.token_claim_invalid', { sub: '', email: anAddress() }],
      ['auth.token_not_yet_valid', { sub: 'x', email: anAddress(), iat: seconds() + 1000 }],
      ['auth.token_groups_invalid', { sub: 'x', email: anAddress(), groups: [7] }],
    ];
    for (const [code, claims] of refusals) expect(await dryRunClaims(claims)).toMatchObject({ accepted: false, code });

    await sandgate.request('PUT', '/api/providers/corporate', { kind: 'oidc', enabled: false });
    const off = await dryRunClaims({ sub: 'x', email: anAddress() });
    expect(off).toMatchObject({ accepted: false, code: 'auth.sso_disabled' });
    await sandgate.request('PUT', '/api/providers/corporate', { kind: 'oidc', enabled: true });
  });

  test('takes claims where there are no tokens, and tokens where there are', async () => {
    const claims = { sub: 'x', email: anAddress() };
    const codeOf = async (provider: string, body: object) =>
      (await sandgate.request('POST', `/api/providers/${provider}/dry-run`, body)).body.code;

    expect(await codeOf('corporate', { jwt: aToken() })).toBe('auth.provider_of_another_kind');
    expect(await codeOf('jwt', { claims })).toBe('auth.provider_of_another_kind');
    expect(await codeOf('nobody', { claims })).toBe('auth.provider_not_found');
    for (const body of [{}, { jwt: aToken(), claims }, { claims: { email: anAddress() } }, { claims: [] }, { jwt: 7 }])
      expect(await codeOf('corporate', body)).toBe('request.invalid');
  });
});

test('dry runs beside sign-ins of the same person, with the same token too, disturb none of them', async () => {
  const email = anAddress();
  const tokens = Array.from({ length: 12 }, (_, n) =>
    aToken({ email, account_id: n, groups: ['customer', 'region'].slice(n % 2) }),
  );
  await signIn(tokens[0] as string);

  const answered = await Promise.all(
    tokens.slice(1).flatMap((token) => [sandgate.dryRun(token), sandgate.signIn(token), sandgate.dryRun(token)]),
  );

  await sandgate.settled();
  expect(new Set(answered.map(({ status }) => status))).toEqual(new Set([200, 302]));
  expect(answered.filter(({ status }) => status === 302)).toHaveLength(11);
  const told = answered.flatMap(({ body }) => (body === undefined ? [] : [body.code ?? 'accepted']));
  expect(told.filter((one) => !['accepted', 'auth.token_used'].includes(one))).toEqual([]);
});

/** What a generated person presents, one token after the other. */
const arbitraryVisit = fc.record({
  person: fc.nat({ max: 1 }),
  claims: fc.record(
    {
      account_id: fc.constantFrom<unknown>(1, 1, 2, '3', [1, 2], [], 'x', true, { nested: 1 }),
      region: fc.constantFrom<unknown>('Europe', 'Europe', 'Asia', ['Europe', 'Asia'], '', null),
      groups: fc.oneof(
        { weight: 3, arbitrary: fc.subarray(['customer', 'region']) },
        { weight: 1, arbitrary: fc.constantFrom<unknown>('region', ['audit'], null, ['unknown']) },
      ),
      first_name: fc.constantFrom<unknown>('Ada', 'Grace', 7),
      /** Whose token it is, whatever its e-mail says: they need not agree. */
      sub: fc.constantFrom('s-0', 's-1'),
    },
    { requiredKeys: ['account_id', 'region'] },
  ),
  /** Seconds before now. */
  age: fc.constantFrom(0, 0, 0, 5, 20),
  fault: fc.oneof(
    { weight: 7, arbitrary: fc.constant(undefined) },
    { weight: 1, arbitrary: fc.constantFrom('signature', 'expired', 'groups') },
    { weight: 1, arbitrary: fc.constant('again') },
  ),
  pin: fc.constantFrom(undefined, undefined, undefined, { region: { value: 'Asia', pinned: true } }, { region: null }),
});

test('what a dry run predicts is what the sign-in then does, for generated people', async () => {
  await fc.assert(
    fc.asyncProperty(fc.array(arbitraryVisit, { minLength: 3, maxLength: 8 }), async (visits) => {
      const people = [0, 1].map(anAddress);
      const world = randomUUID();
      let last = aToken();
      for (const { person, claims, age, fault, pin } of visits) {
        const email = people[person] as string;
        const before = await accountOf(email);
        if (before && pin) {
          await sandgate.request('PATCH', `/api/accounts/${before.id}`, { adminAttributes: pin });
          await sandgate.settled();
        }
        const iat = seconds() - (fault === 'expired' ? 1000 : age);
        const sub = claims.sub && { sub: `${claims.sub} of ${world}` };
        const all = { email, jti: randomUUID(), iat, ...claims, ...sub, ...(fault === 'groups' && { groups: [7] }) };
        const token = fault === 'again' ? last : sign(all, fault === 'signature' ? { secret: 'x' } : {});
        last = token;
        await expectAsPredicted(token);
      }
    }),
    { numRuns: 12 },
  );
}, 120_000);

async function expectAsPredicted(token: string): Promise<void> {
  const { body: told } = await sandgate.dryRun(token);
  const known = told.accepted && told.account.id !== null;
  const before = known ? (await sandgate.request('GET', `/api/accounts/${told.account.id}`)).body : undefined;
  const already = sandgate.logged().length;
  const { status, session } = await sandgate.signIn(token);
  await sandgate.settled();
  if (!told.accepted) {
    expect(status).toBe(401);
    expect(sandgate.logged().slice(already)).toContain(`"reason":"${told.code}"`);
    return;
  }
  expect(status).toBe(302);
  const after = await accountOf(told.account.email);
  // A subject that comes with another e-mail keeps its account.
  if (known) expect(after.id).toBe(told.account.id);
  expect(told.account).toMatchObject({
    firstName: { before: before?.firstName ?? null, after: after.firstName },
  });
  const { created, changed, kept, removed } = told.attributes;
  expect(asRecord([...created, ...changed, ...kept], 'after')).toEqual(after.attributes);
  expect(asRecord([...removed, ...changed, ...kept], 'before')).toEqual(before?.attributes ?? {});
  const { added, kept: stayed, removed: left } = told.memberships;
  expect(byId([...added, ...stayed])).toEqual(byId(after.groups));
  expect(idsOf([...left, ...stayed])).toEqual(idsOf(before?.groups ?? []));
  expect(await seenBy(session as string)).toEqual(
    told.tables
      .filter(({ access }: { access: string }) => access !== 'denied')
      .map(({ id, access, rows }: { id: number; access: string; rows: unknown }) => ({ id, access, rows })),
  );
}

async function seenBy(session: string) {
  const { body } = await sandgate.request('GET', '/api/tables', undefined, session);
  const counted = body.data.map(async ({ id, access }: { id: number; access: string }) => {
    const count = { tableId: id, aggregations: [{ function: 'count', as: 'n' }] };
    const answered = await sandgate.request('POST', '/api/query', count, session);
    return { id, access, rows: { exactly: answered.body.rows[0][0] } };
  });
  return (await Promise.all(counted)).sort((one, other) => one.id - other.id);
}

type Change = { name: string } & Record<string, unknown>;
const asRecord = (changes: Change[], side: 'before' | 'after') =>
  Object.fromEntries(changes.map((change) => [change.name, change[side]]));
const byId = (groups: { id: number }[]) => [...groups].sort((one, other) => one.id - other.id);
const idsOf = (groups: { id: number }[]) => byId(groups).map(({ id }) => id);
