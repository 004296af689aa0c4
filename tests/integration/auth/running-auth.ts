import { Writable } from 'node:stream';
import { type AuthDependencies, createAuth } from '@sandgate/auth';
import {
  type Ask,
  describeGroups,
  describeMemberships,
  type EventData,
  forgetGroupSync,
  type Introspection,
  introspectSession,
  listAdministrators,
  UserLoggedIn,
} from '@sandgate/contracts';
import { embeddedTransport } from '@sandgate/messaging';
import { createLogger, directAsk, type Service, startHost } from '@sandgate/service-kit';
import pg from 'pg';
import { freshDatabase, type MigratedDatabase } from '../../support/postgres.js';
import { type Answered as AnyAnswered, sendRequest } from '../../support/send-request.js';
import { sharedSecret } from './tokens.js';

export const siteUrl = 'http://localhost:3000';
export const providerUri = 'https://app.example/sso/sandgate';
export const administrator = { email: 'admin@acme.example', password: 'correct horse battery' };

export const serviceCredential = '7d0c1e5b9f3a48628e4d2b6a0c9f1357';

/** Groups that permissions has. */
const knownGroups = [
  { id: 1, name: 'All Users', kind: 'all-users' },
  { id: 2, name: 'Administrators', kind: 'administrators' },
  { id: 3, name: 'Customer Acme', kind: 'custom' },
  { id: 4, name: 'Customer Globex', kind: 'custom' },
];

export interface Answered extends AnyAnswered {
  /** The session that it sets, or undefined. */
  readonly session: string | undefined;
}

export interface RequestOptions {
  readonly method?: string;
  readonly body?: unknown;
  readonly cookie?: string | undefined;
  readonly headers?: Record<string, string>;
}

export interface RunningAuth {
  readonly service: Service;
  readonly ask: Ask;
  readonly url: string;
  readonly databases: MigratedDatabase;
  request(path: string, options?: RequestOptions): Promise<Answered>;
  /** Presents a token as a browser does. */
  signIn(token: string, options?: { cookie?: string | undefined; more?: string }): Promise<Answered>;
  /** A request of the first administrator. */
  asAdministrator(method: string, path: string, body?: unknown): Promise<Answered>;
  introspect(session: string | undefined): Promise<Introspection>;
  query<Row extends pg.QueryResultRow>(sql: string, values?: unknown[]): Promise<Row[]>;
  /** Everything that was announced of an address, in order, whether it has left the outbox or not. */
  announced(email: string): Promise<EventData<typeof UserLoggedIn>[]>;
  /** Every row that a sign-in could have written. */
  traces(): Promise<unknown>;
  /** What was logged since the start, as text. */
  logged(): string;
  /** Instances beside this one, which stop with it. */
  readonly beside: RunningAuth[];
  /** Safe to call twice. */
  stop(): Promise<void>;
}

export type Change = Partial<AuthDependencies> & {
  /** An instance beside another one, on its database. */
  readonly beside?: RunningAuth;
  /** Instead of databases of its own, which it would drop. */
  readonly databases?: MigratedDatabase;
  readonly embeddingOrigins?: readonly string[];
  readonly trustedProxies?: readonly string[];
};

/** Auth behind real HTTP with real messages; permissions, which knows the administrators, is stood in for. */
export async function startAuth({
  beside,
  databases: given = beside?.databases,
  embeddingOrigins = [],
  trustedProxies,
  ...change
}: Change = {}): Promise<RunningAuth> {
  const databases = given ?? (await freshDatabase());
  let logged = '';
  const log = createLogger(
    'auth',
    'info',
    new Writable({
      write(line, _encoding, done) {
        logged += line;
        done();
      },
    }),
  );
  const cookieName = change.sameSite === 'none' ? 'sandgate.EMBEDDED_SESSION' : 'sandgate.SESSION';
  // Bound late: what the service asks is answered by the service itself or stood in for.
  const ask: Ask = async (question, input) => {
    if (question.name === describeGroups.name) {
      const { groupIds } = describeGroups.input.parse(input);
      return question.output.parse({ groups: knownGroups.filter(({ id }) => groupIds.includes(id)) });
    }
    if (question.name === listAdministrators.name) {
      const administrators = await query<{ id: string }>('select id from account where first_administrator');
      return question.output.parse({ accountIds: administrators.map(({ id }) => id) });
    }
    if (question.name === forgetGroupSync.name) return question.output.parse({});
    if (question.name !== describeMemberships.name) return directAsk(() => service.answers)(question, input);
    const { accountId } = describeMemberships.input.parse(input);
    const rows = await query('select from account where id = $1 and first_administrator', [accountId]);
    return question.output.parse({ administrator: rows.length === 1, groups: [] });
  };
  const service: Service = createAuth({
    ask,
    log,
    databaseUrl: databases.urls.auth,
    siteUrl,
    embeddingOrigins,
    sessionSeconds: 1_209_600,
    // All tests come from one address.
    refusalsPerMinute: 1_000_000,
    adminEmail: administrator.email,
    adminPassword: administrator.password,
    jwtSharedSecret: sharedSecret,
    identityProviderUri: providerUri,
    ...change,
  });
  const pool = new pg.Pool({ connectionString: databases.adminUrl, max: 4, options: '-c search_path=auth' });
  const query: RunningAuth['query'] = async (sql, values) => (await pool.query(sql, values)).rows;
  const close = async (): Promise<void> => {
    await pool.end();
    if (!given) await databases.drop();
  };
  const host = await startHost({
    services: [service],
    ask,
    transport: embeddedTransport({ log }),
    serviceCredential,
    siteUrl: change.siteUrl ?? siteUrl,
    embeddingOrigins,
    trustedProxies,
    ...(change.sameSite && { sameSite: change.sameSite }),
    listen: { port: 0, address: '127.0.0.1' },
    log,
  }).catch(async (error: unknown) => {
    await service.close();
    await close();
    throw error;
  });
  const url = `http://127.0.0.1:${host.port}`;

  const request: RunningAuth['request'] = async (path, { method = 'GET', body, cookie, headers = {} } = {}) => {
    const answered = await sendRequest(url + path, {
      method,
      headers: {
        ...(cookie !== undefined && { cookie: `${cookieName}=${cookie}` }),
        ...(body !== undefined && { 'content-type': 'application/json' }),
        ...headers,
      },
      ...(body !== undefined && { body: JSON.stringify(body) }),
    });
    const cookies = answered.headers.get('set-cookie') ?? '';
    return { ...answered, session: /^sandgate\.(?:EMBEDDED_)?SESSION=([\w-]+)/.exec(cookies)?.[1] };
  };
  let administratorSession: Promise<string> | undefined;
  const asAdministrator: RunningAuth['asAdministrator'] = async (method, path, body) => {
    administratorSession ??= request('/api/session', {
      method: 'POST',
      body: { username: administrator.email, password: administrator.password },
    }).then((answered) => answered.body.id);
    return request(path, { method, body, headers: { 'x-metabase-session': await administratorSession } });
  };

  let stopping: Promise<void> | undefined;
  const stop = async (): Promise<void> => {
    await Promise.all(running.beside.map((one) => one.stop()));
    await host.stop();
    await close();
  };
  const running: RunningAuth = {
    service,
    ask,
    url,
    databases,
    request,
    asAdministrator,
    signIn: (token, { cookie, more = '' } = {}) =>
      request(`/auth/sso?jwt=${encodeURIComponent(token)}${more}`, { cookie }),
    introspect: (session) => ask(introspectSession, session === undefined ? {} : { token: session }),
    query,
    async announced(email) {
      const rows = await query<{ data: unknown }>(
        `select data from (
           select sequence, 0 as place, body::jsonb -> 'data' as data from messaging.deliveries
           union all select sequence, 1, data from outbox) as announced
         where data ->> 'email' = $1 order by place, sequence`,
        [email],
      );
      return rows.map(({ data }) => UserLoggedIn.data.parse(data));
    },
    async traces() {
      const rows = await query(
        `select (select jsonb_agg(a order by id) from account a) as accounts, (select jsonb_agg(i order by external_key) from identity i) as identities,
           (select jsonb_agg(s order by token_hash) from session s) as sessions, (select jsonb_agg(u order by key) from used_token u) as used_tokens,
           (select count(*) from outbox where type = $1) + (select count(*) from messaging.deliveries where type = $1) as events`,
        [UserLoggedIn.type],
      );
      return rows[0];
    },
    logged: () => logged,
    beside: [],
    stop: () => (stopping ??= stop()),
  };
  beside?.beside.push(running);
  return running;
}
