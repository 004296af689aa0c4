import { randomUUID } from 'node:crypto';
import {
  AccountChanged,
  type Ask,
  type CatalogChanged,
  type CatalogueTable,
  type Decision,
  decide,
  type EventData,
  type Introspection,
  introspectSession,
} from '@sandgate/contracts';
import { embeddedTransport, type ReceivedEvent, type SqlClient } from '@sandgate/messaging';
import { createPermissions } from '@sandgate/permissions';
import { createLogger, directAsk, type Host, type Service, startHost } from '@sandgate/service-kit';
import { freshDatabase, type MigratedDatabase } from '../../support/postgres.js';
import { type Answered, sendRequest } from '../../support/send-request.js';

export type Account = EventData<typeof AccountChanged>;
export type Catalogue = EventData<typeof CatalogChanged>;

const log = createLogger('permissions', 'silent');

/** What directory says of an account, active and signed in once. */
export const anAccount = (
  parts: Partial<Omit<Account, 'attributes'>> & { attributes?: Record<string, unknown> } = {},
): Account => {
  const { attributes = {}, ...rest } = parts;
  return AccountChanged.data.parse({
    accountId: randomUUID(),
    revision: 1,
    claimsVersion: rest.revision ?? 1,
    status: 'active',
    email: 'somebody@acme.example',
    firstName: null,
    lastName: null,
    attributes: Object.fromEntries(
      Object.entries(attributes).map(([name, value]) => [name, { value, source: 'token' }]),
    ),
    groups: [],
    firstAdministrator: false,
    ...rest,
  });
};

/** Claimed groups of the JWT provider. */
export const claims = (names: string[], presence: 'listed' | 'null' | 'absent' = 'listed') => [
  { provider: 'jwt', presence, names },
];

export const accounts: CatalogueTable = {
  id: 2,
  schema: 'public',
  name: 'accounts',
  columns: [
    { name: 'id', type: 'integer' },
    { name: 'region', type: 'text' },
  ],
  foreignKeys: [],
};

export const invoices: CatalogueTable = {
  id: 1,
  schema: 'public',
  name: 'invoices',
  columns: [
    { name: 'id', type: 'integer' },
    { name: 'account_id', type: 'integer' },
    { name: 'status', type: 'text' },
    { name: 'notes', type: 'other' },
  ],
  foreignKeys: [{ columns: ['account_id'], referencedTableId: 2, referencedColumns: ['id'] }],
};

export const salaries: CatalogueTable = {
  id: 3,
  schema: 'people',
  name: 'salaries',
  columns: [{ name: 'id', type: 'integer' }],
  foreignKeys: [],
};

/** Database 1 with these tables. */
export const aCatalogue = (tables: CatalogueTable[] = [invoices, accounts, salaries], revision = 1): Catalogue => ({
  revision,
  database: { id: 1, name: 'Sample Database', tables },
});

/** Sees the invoices of the account that the attribute names. */
export const ownInvoices = { column: 'account_id', operator: '=', value: { attribute: 'account_id' } } as const;

export interface Instance {
  readonly origin: string;
  readonly service: Service;
  readonly ask: Ask;
  /** Applies events as the consumer frame does: in one transaction, then tells those who wait. */
  apply(...states: Account[]): Promise<void>;
  applyCatalogue(...states: Catalogue[]): Promise<void>;
  /** The decision for one table, or the failure's code. */
  decide(accountId: string, tableId?: number, claimsVersion?: number): Promise<Decision>;
  /** A request of somebody who is signed in under claims version 1, or of nobody. */
  request(method: string, path: string, options?: { as?: string | undefined; body?: unknown }): Promise<Answered>;
  asAdministrator(method: string, path: string, body?: unknown): Promise<Answered>;
}

export interface RunningPermissions extends Instance {
  readonly administratorId: string;
  readonly databases: MigratedDatabase;
  /** Delivers events by the transport, as a relay does. */
  deliver(...states: Account[]): Promise<void>;
  /** One more instance over the same database, with nothing in memory. */
  anotherInstance(): Promise<Instance>;
  stop(): Promise<void>;
}

/** permissions behind real HTTP, with a database and messages of its own, a catalogue and one administrator. Only who has a session is stood in for. */
export async function startPermissions(): Promise<RunningPermissions> {
  const databases = await freshDatabase();
  const administratorId = randomUUID();
  const hosts: Host[] = [];
  const transport = embeddedTransport({ log });

  const start = async (): Promise<Instance> => {
    const service = createPermissions({ databaseUrl: databases.urls.permissions });
    const ask = askOf(service);
    const host = await startHost({
      services: [service],
      ask,
      // Each host closes the transport that it was given.
      transport: hosts.length === 0 ? transport : embeddedTransport({ log }),
      serviceCredential: '7d0c1e5b9f3a48628e4d2b6a0c9f1357',
      siteUrl: 'http://localhost:3000',
      embeddingOrigins: [],
      listen: { port: 0, address: '127.0.0.1' },
      log,
    });
    hosts.push(host);
    return instanceOf(service, ask, `http://127.0.0.1:${host.port}`, administratorId);
  };

  const first = await start();
  await first.applyCatalogue(aCatalogue());
  await first.apply(anAccount({ accountId: administratorId, firstAdministrator: true }));
  return {
    ...first,
    administratorId,
    databases,
    async deliver(...states) {
      const { type } = AccountChanged;
      const fixed = {
        specversion: '1.0',
        source: '/sandgate/directory',
        type,
        datacontenttype: 'application/json',
        traceparent,
      };
      const events = states.map((data) => {
        const id = randomUUID();
        const subject = data.accountId;
        return {
          id,
          type,
          subject,
          body: JSON.stringify({ ...fixed, id, subject, time: new Date().toISOString(), data }),
        };
      });
      await first.service.database.$transaction((tx) => transport.publish(events, tx));
      transport.published();
    },
    anotherInstance: start,
    async stop() {
      await Promise.all(hosts.map((host) => host.stop()));
      await databases.drop();
    },
  };
}

/** Tokens are account ids: the gate asks auth about sessions, and permissions itself about administrators. */
function askOf(service: Service): Ask {
  const own = directAsk(() => service.answers);
  return async (question, input) => {
    if (question.name !== introspectSession.name) return question.output.parse(await own(question, input)) as never;
    const { token } = introspectSession.input.parse(input);
    const session: Introspection = token
      ? { active: true, accountId: token, claimsVersion: 1 }
      : { active: false, singleSignOn: false };
    return session as never;
  };
}

function instanceOf(service: Service, ask: Ask, url: string, administratorId: string): Instance {
  const handle = async (name: string, data: readonly unknown[]): Promise<void> => {
    const subscription = service.subscriptions.find((one) => one.name === name);
    const batch = data.map(
      (one): ReceivedEvent<never> => ({
        id: randomUUID(),
        time: new Date().toISOString(),
        traceparent,
        data: one as never,
      }),
    );
    if (!subscription) throw new Error(`no ${name}`);
    const apply = (tx: SqlClient): Promise<void> => subscription.handle(batch, { tx, wrote: () => undefined, log });
    await (subscription.isAtomic ? apply(service.database) : service.database.$transaction(apply));
    subscription.committed?.(batch);
  };
  const request: Instance['request'] = async (method, path, { as, body } = {}) => {
    return sendRequest(url + path, {
      method,
      headers: {
        ...(as && { authorization: `Bearer ${as}` }),
        ...(body !== undefined && { 'content-type': 'application/json' }),
      },
      ...(body !== undefined && { body: JSON.stringify(body) }),
    });
  };
  return {
    origin: url,
    service,
    ask,
    apply: (...states) => handle('permissions.on-account-changed', states),
    applyCatalogue: (...states) => handle('permissions.on-catalog-changed', states),
    async decide(accountId, tableId = 1, claimsVersion = 1) {
      const { decisions } = await ask(decide, { accountId, claimsVersion, tableIds: [tableId] });
      return decisions[0]?.decision as Decision;
    },
    request,
    asAdministrator: (method, path, body) => request(method, path, { as: administratorId, body }),
  };
}

const traceparent = `00-${'1'.repeat(32)}-${'2'.repeat(16)}-01`;

/** A new group with a sandbox or an entry on the invoices, and accounts that are members by hand. */
export async function aGroup(
  permissions: Instance,
  {
    name = `Group ${randomUUID()}`,
    access,
    rule,
    members = [],
  }: { name?: string; access?: 'unrestricted' | 'none'; rule?: unknown; members?: string[] } = {},
): Promise<{ id: number; sandboxId?: number }> {
  const { id } = (await permissions.asAdministrator('POST', '/api/groups', { name })).body;
  if (access)
    await permissions.asAdministrator('PUT', '/api/data-permissions', {
      entries: [{ groupId: id, databaseId: 1, tableId: 1, access }],
    });
  const sandbox =
    rule === undefined
      ? undefined
      : await permissions.asAdministrator('POST', '/api/sandboxes', { groupId: id, tableId: 1, rule });
  for (const accountId of members) await permissions.asAdministrator('PUT', `/api/groups/${id}/members/${accountId}`);
  return { id, ...(sandbox && { sandboxId: sandbox.body.id }) };
}
