import { randomUUID } from 'node:crypto';
import { afterAll, afterEach, beforeAll, expect, test } from '@jest/globals';
import { anAddress, seconds, sign } from '../auth/tokens.js';
import { type RunningSandgate, startSandgate } from '../dry-run/running-sandgate.js';

const schema = `
  create table invoices (id integer primary key, account_id integer, status text);
  insert into invoices select n, n % 4, 'open' from generate_series(1, 20) as n`;

const partner = '/api/providers/partner';
const sync = '/api/group-sync/partner';

let sandgate: RunningSandgate;
let invoices: number;
let customers: number;

beforeAll(async () => {
  sandgate = await startSandgate(schema);
  invoices = (await manage('GET', '/api/tables')).data[0].id;
  customers = (await manage('POST', '/api/groups', { name: 'Customers' })).id;
  const rule = { column: 'account_id', operator: '=', value: { attribute: 'account_id' } };
  await manage('POST', '/api/sandboxes', { groupId: customers, tableId: invoices, rule });
}, 120_000);
afterAll(() => sandgate?.stop());
afterEach(() => sandgate.request('DELETE', partner));

/** A request of the first administrator that must be answered. */
async function manage(method: string, path: string, body?: unknown) {
  const answered = await sandgate.request(method, path, body);
  if (answered.status >= 400) throw new Error(`${method} ${path}: ${JSON.stringify(answered.body)}`);
  return answered.body;
}

/** Makes the provider, and answers how a person signs in through it and what they hold then. */
async function createPartner(settings: object = {}) {
  await manage('POST', '/api/providers', { name: 'partner', kind: 'jwt', settings: { enabled: true, ...settings } });
  const { secret } = await manage('POST', `${partner}/keys`);
  return async (email: string): Promise<{ status: number; session: string }> => {
    const claims = { email, jti: randomUUID(), iat: seconds(), account_id: 2, groups: ['customer'] };
    const { status, session = '' } = await sandgate.signIn(sign(claims, { secret }));
    await sandgate.settled();
    return { status, session };
  };
}

const rowsOf = (session: string) =>
  sandgate.request('GET', `/api/tables/${invoices}/rows?limit=100`, undefined, session);
/** Names of the groups of an account. */
const groupsOf = async (id: string): Promise<string[]> =>
  (await manage('GET', `/api/accounts/${id}`)).groups.map(({ name }: { name: string }) => name);
const idOf = async (session: string): Promise<string> =>
  (await sandgate.request('GET', '/api/user/current', undefined, session)).body.id;

test('a provider that is deleted takes sessions and memberships along in every service, and leaves no group synchronisation to another one of its name', async () => {
  const domain = `${randomUUID()}.example`;
  const email = `ada@${domain}`;
  const mappings = { customer: [customers] };
  const fromTheStart = await manage('GET', sync);
  const signIn = await createPartner();
  await manage('PUT', sync, { enabled: true, mappings });
  const { session } = await signIn(email);
  const id = await idOf(session);
  expect((await rowsOf(session)).body.rows).toHaveLength(5);
  expect(await groupsOf(id)).toEqual(['All Users', 'Customers']);

  expect((await sandgate.request('DELETE', partner)).status).toBe(204);

  expect(await rowsOf(session)).toMatchObject({ status: 401, body: { code: 'auth.session_required' } });
  expect(await manage('GET', sync)).toEqual(fromTheStart);
  await sandgate.settled();
  expect(await groupsOf(id)).toEqual(['All Users']);
  expect((await manage('GET', `/api/accounts/${id}`)).attributes).toEqual({});

  // Another one, which is told nothing about groups, and believed of everybody at the domain: whom it finds there and whom it makes.
  const signInAgain = await createPartner({ trustedDomains: [domain] });
  await manage('PUT', sync, { enabled: true });
  for (const address of [email, anAddress()]) {
    const { status, session: next } = await signInAgain(address);
    expect(status).toBe(302);
    expect(await groupsOf(await idOf(next))).toEqual(['All Users']);
    expect(await rowsOf(next)).toMatchObject({ status: 403, body: { code: 'permissions.table_denied' } });
  }
  // Only what it says itself is mapped.
  await manage('PUT', sync, { mappings });
  expect(await groupsOf(id)).toEqual(['All Users', 'Customers']);
});

test('a provider of the name of a deleted one, with the same mapping, gives its group to nobody who has not come by it', async () => {
  const email = anAddress();
  const mapped = { enabled: true, mappings: { customer: [customers] } };
  const signIn = await createPartner();
  await manage('PUT', sync, mapped);
  const id = await idOf((await signIn(email)).session);
  await manage('DELETE', partner);
  await createPartner();
  await manage('PUT', sync, mapped);
  await sandgate.settled();

  expect(await groupsOf(id)).toEqual(['All Users']);
});
