import type { Ask, Decision, Introspection, QuestionDefinition } from '@sandgate/contracts';
import { createDashboard, type DataSourceSetting } from '@sandgate/dashboard';
import { embeddedTransport } from '@sandgate/messaging';
import { createLogger, type Host, startHost } from '@sandgate/service-kit';
import pg from 'pg';
import type { z } from 'zod';
import type { MigratedDatabase } from '../../../support/postgres.js';
import { type Answered, sendRequest } from '../../../support/send-request.js';

const siteUrl = 'http://dashboards.example';
export const serviceCredential = 'the-credential-of-the-services-of-this-test';

/** What stands in for the other services: their questions, as far as dashboard and the frame ask them. */
export interface StandIn {
  /** Decides on a table, by its name; undefined leaves it out of the answer. */
  decide(person: Person, table: string, tableId: number): Decision | undefined;
  /** Called before each question; throw to let it fail. */
  before?(question: QuestionDefinition): void;
  singleSignOn?: boolean;
  passwordSignIn?: boolean;
  catalogueApplied?: boolean;
}

export interface Person {
  readonly accountId: string;
  readonly claimsVersion: number;
}

export interface RunningDashboard {
  readonly url: string;
  /** Lines of the log so far. */
  log(): string;
  /** `session` is that of `personOf`. */
  get(path: string, session?: string): Promise<Answered>;
  /** A text is sent as it is, anything else as JSON. */
  post(path: string, body: unknown, session?: string): Promise<Answered>;
  idOf(table: string): Promise<number>;
  /** Takes the next look at the data sources, as the job does. */
  refresh(): Promise<void>;
  resync(): Promise<number>;
  stop(): Promise<void>;
}

/** A session is the account and the claims version that it stands for: `3.1` is account 3 at version 1. */
const personOf = (session: string): Person | undefined => {
  const [, account, version] = /^(\d+)\.(\d+)$/.exec(session) ?? [];
  if (account === undefined) return undefined;
  return { accountId: `00000000-0000-4000-8000-${account.padStart(12, '0')}`, claimsVersion: Number(version) };
};

export const accountNumberOf = ({ accountId }: Person): number => Number(accountId.slice(-12));

interface Options {
  readonly database: MigratedDatabase;
  readonly sources: readonly DataSourceSetting[];
  readonly standIn: StandIn;
  readonly queryTimeoutSeconds?: number;
}

/** The dashboard service over HTTP, with all of it real but the other services. */
export async function startDashboard({
  database,
  sources,
  standIn,
  queryTimeoutSeconds,
}: Options): Promise<RunningDashboard> {
  let lines = '';
  const log = createLogger('dashboard', 'debug', { write: (line: string) => void (lines += line) });
  const pool = new pg.Pool({ connectionString: database.urls.dashboard, max: 2 });
  const namesOfTables = async (): Promise<ReadonlyMap<number, string>> => {
    const { rows } = await pool.query<{ id: number; name: string }>('select id, name from catalogue_table');
    return new Map(rows.map(({ id, name }) => [id, name]));
  };
  const ask = createAsk(standIn, namesOfTables);
  const dashboard = createDashboard({
    databaseUrl: database.urls.dashboard,
    dataSources: sources,
    siteUrl,
    ask,
    log,
    ...(queryTimeoutSeconds !== undefined && { queryTimeoutSeconds }),
  });
  const transport = embeddedTransport({ log, pollMs: 100 });
  const options = { services: [dashboard], ask, transport, siteUrl, embeddingOrigins: [], log };
  const host: Host = await startHost({
    ...options,
    serviceCredential,
    listen: { port: 0, address: '127.0.0.1' },
  }).catch(async (error: unknown) => {
    await dashboard.close();
    await pool.end();
    throw error;
  });
  const url = `http://127.0.0.1:${host.port}`;
  const send = (path: string, session: string | undefined, request: Parameters<typeof sendRequest>[1]) => {
    const headers = { ...request?.headers, ...(session !== undefined && { 'x-metabase-session': session }) };
    return sendRequest(url + path, { ...request, headers });
  };
  return {
    url,
    log: () => lines,
    get: (path, session) =>
      send(path, session, { headers: { accept: path.startsWith('/api/') ? 'application/json' : 'text/html' } }),
    post: (path, body, session) =>
      send(path, session, {
        method: 'POST',
        headers: { 'content-type': 'application/json' },
        body: typeof body === 'string' ? body : JSON.stringify(body),
      }),
    idOf: async (table) => {
      const [id] = [...(await namesOfTables())].find(([, name]) => name === table) ?? [];
      if (id === undefined) throw new Error(`no table ${table}`);
      return id;
    },
    refresh: async () => {
      for (const job of dashboard.jobs) await job.run();
    },
    resync: () => dashboard.resync(),
    stop: async () => {
      await host.stop();
      await pool.end();
    },
  };
}

function createAsk(standIn: StandIn, namesOfTables: () => Promise<ReadonlyMap<number, string>>): Ask {
  const answer = async (name: string, input: Record<string, unknown>): Promise<unknown> => {
    if (name === 'auth.introspect-session') {
      const person = personOf(String(input['token'] ?? ''));
      const session: Introspection = person
        ? { active: true, ...person }
        : { active: false, singleSignOn: standIn.singleSignOn ?? false };
      return session;
    }
    if (name === 'auth.describe-password-sign-in') return { enabled: standIn.passwordSignIn ?? true };
    if (name === 'permissions.decide') {
      const names = await namesOfTables();
      const ids = (input['tableIds'] as number[] | undefined) ?? [...names.keys()];
      const person = input as unknown as Person;
      const decisions = ids.map((tableId) => ({ tableId, decision: decideOn(person, names.get(tableId), tableId) }));
      return { decisions: decisions.filter(({ decision }) => decision !== undefined) };
    }
    if (name === 'permissions.has-applied-catalogue') return { applied: standIn.catalogueApplied ?? true };
    if (name.endsWith('.report-readiness')) return { ready: true, checks: {} };
    throw new Error(`nobody stands in for ${name}`);
  };
  const decideOn = (person: Person, table: string | undefined, tableId: number): Decision | undefined =>
    table === undefined ? denied('permissions.table_unknown') : standIn.decide(person, table, tableId);
  return async (question, input) => {
    standIn.before?.(question);
    return question.output.parse(
      await answer(question.name, question.input.parse(input) as Record<string, unknown>),
    ) as z.infer<typeof question.output>;
  };
}

type Denied = Extract<Decision, { access: 'denied' }>;

export const unrestricted: Decision = { access: 'unrestricted' };

export const denied = (
  reason: Denied['reason'],
  names: { attributes?: string[]; columns?: string[] } = {},
): Decision => ({
  access: 'denied',
  reason,
  attributes: names.attributes ?? [],
  columns: names.columns ?? [],
});

/** The rows of which an integer column is one of these. */
export const sandboxedBy = (column: string, values: readonly number[]): Decision => ({
  access: 'sandboxed',
  filter: { op: 'in', column: { name: column, type: 'integer' }, values: values.map(String) },
});
