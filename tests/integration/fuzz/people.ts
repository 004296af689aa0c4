import { randomUUID } from 'node:crypto';
import { aToken } from '../auth/tokens.js';
import { administrator, type RunningSandgate } from '../dry-run/running-sandgate.js';
import type { Pool } from './arbitrary-json.js';

/** Who asks, and what of it nobody else may read. */
export interface Asker {
  readonly name: 'nobody' | 'person' | 'other person' | 'administrator';
  /** Undefined for nobody. */
  session: string | undefined;
  readonly renew: () => Promise<string | undefined>;
  readonly accountId?: string;
  /** Texts that stand in what belongs to this asker alone. */
  readonly marks: readonly string[];
}

export interface Scene {
  readonly nobody: Asker;
  readonly person: Asker;
  readonly other: Asker;
  readonly administrator: Asker;
  /** Ids and names of everything there is, whosever it is. */
  readonly pool: Pool;
  /** Of the other person, and never used: whoever ends it, did so from outside. */
  readonly untouched: string;
}

const markOf = (name: string): string => `mark-${name}-${randomUUID()}`;
const marks = { person: markOf('person'), other: markOf('other'), administrator: markOf('administrator') };

/** The company's database: each row belongs to one of the two. */
export const schema = `
  create table invoices (id integer primary key, account_id integer, note text, paid boolean, due date);
  insert into invoices select n, n % 2 + 1, (array['${marks.other}', '${marks.person}'])[n % 2 + 1], n % 3 = 0, date '2026-01-01' + n
    from generate_series(1, 40) as n;
  create table salaries (id integer primary key, note text);
  insert into salaries values (1, '${marks.administrator}')`;

/** Two people who see their own invoices, an administrator, and something of each kind that there can be. */
export async function prepare(sandgate: RunningSandgate): Promise<Scene> {
  const manage = async (method: string, path: string, body?: unknown) => {
    const answered = await sandgate.request(method, path, body);
    if (answered.status >= 400) throw new Error(`${method} ${path}: ${JSON.stringify(answered.body)}`);
    return answered.body;
  };
  const tables = (await manage('GET', '/api/tables')).data;
  const idOf = (name: string): number => tables.find((table: { name: string }) => table.name === name).id;
  const group = await manage('POST', '/api/groups', { name: 'Customers' });
  const spare = await manage('POST', '/api/groups', { name: marks.administrator });
  const rule = { column: 'account_id', operator: '=', value: { attribute: 'account_id' } };
  const sandbox = await manage('POST', '/api/sandboxes', { groupId: group.id, tableId: idOf('invoices'), rule });
  await manage('PUT', '/api/group-sync/jwt', {
    enabled: true,
    mappings: { [marks.person]: [group.id], [marks.other]: [group.id] },
  });
  const apiKey = await manage('POST', '/api/api-keys', { name: marks.administrator, groupIds: [spare.id] });
  const provider = `p-${marks.administrator.slice(-12)}`;
  await manage('POST', '/api/providers', { name: provider, kind: 'jwt' });
  const key = await manage('POST', `/api/providers/${provider}/keys`);
  const issuer = 'http://127.0.0.1:1/';
  await manage('POST', '/api/providers', { name: 'oidc', kind: 'oidc', settings: { issuer, clientId: 'sandgate' } });

  const signInAs = (who: 'person' | 'other', accountId: number) => async (): Promise<string> => {
    const claims = { first_name: marks[who], team: marks[who], groups: [marks[who]], account_id: accountId };
    const { session } = await sandgate.signIn(aToken({ email: `${marks[who]}@acme.example`, ...claims }));
    if (session === undefined) throw new Error(`${who} cannot sign in`);
    return session;
  };
  const signInAsAdministrator = async (): Promise<string> => {
    const { email: username, password } = administrator;
    return (await sandgate.request('POST', '/api/session', { username, password }, '')).body.id;
  };
  const asker = async (name: Asker['name'], own: readonly string[], renew: Asker['renew']): Promise<Asker> => {
    const session = await renew();
    if (session === undefined) return { name, session, renew, marks: own };
    const me = (await sandgate.request('GET', '/api/user/current', undefined, session)).body;
    const sessions = (await sandgate.request('GET', '/api/sessions', undefined, session)).body.data;
    return {
      name,
      session,
      renew,
      accountId: me.id,
      marks: [...own, me.id, me.email, session, ...sessions.map(({ id }: { id: string }) => id)],
    };
  };
  const person = await asker('person', [marks.person], signInAs('person', 2));
  const other = await asker('other person', [marks.other], signInAs('other', 1));
  const admin = await asker(
    'administrator',
    [marks.administrator, apiKey.id, key.id, key.secret],
    signInAsAdministrator,
  );
  await sandgate.settled();

  const uuids = [person, other, admin].flatMap((one) => one.marks.filter((mark) => /^[0-9a-f-]{36}$/.test(mark)));
  const numbers = [1, 2, group.id, spare.id, sandbox.id, idOf('invoices'), idOf('salaries'), 999_999];
  const jwts = [aToken(), aToken({ email: 'nobody' }), `${aToken()}=`, 'x'];
  return {
    nobody: await asker('nobody', [], async () => undefined),
    person,
    other,
    administrator: admin,
    untouched: (await other.renew()) as string,
    pool: {
      uuid: uuids,
      accountId: uuids,
      actorId: uuids,
      number: numbers,
      groupId: numbers,
      groupIds: numbers,
      tableId: numbers,
      databaseId: [tables[0].databaseId, 999_999],
      schema: ['public', 'nowhere'],
      column: ['id', 'account_id', 'note', 'paid', 'due', 'nothing'],
      columns: ['id', 'account_id', 'note'],
      groupBy: ['paid', 'note'],
      attribute: ['account_id', 'team', 'nothing'],
      provider: ['jwt', provider, 'oidc', 'password', 'api-key', 'nobody'],
      id: [key.id, 'nothing'],
      name: [provider, marks.administrator, 'Customers', 'new'],
      names: [marks.person, marks.other, 'account_id', 'team'],
      jwt: jwts,
      search: ['mark', 'acme.example', '%', '_'],
      'x-metabase-client': ['embedding-sdk-react', 'embedding-simple', 'other'],
    },
  };
}
