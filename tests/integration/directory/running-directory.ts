import { randomUUID } from 'node:crypto';
import {
  AccountChanged,
  type Ask,
  awaitAccountRevision,
  describeMemberships,
  type EventData,
  type Introspection,
  introspectSession,
  type QuestionDefinition,
  reserveDeactivation,
  setAccountStatus,
  UserLoggedIn,
} from '@sandgate/contracts';
import { createDirectory } from '@sandgate/directory';
import { embeddedTransport, type SqlClient } from '@sandgate/messaging';
import { createLogger, type Service, startHost } from '@sandgate/service-kit';
import type { z } from 'zod';
import { freshDatabase, type MigratedDatabase } from '../../support/postgres.js';
import { type Answered, sendRequest } from '../../support/send-request.js';
import { apply, aSignIn, type Claims, type SignIn } from './sign-ins.js';

const log = createLogger('directory', 'silent');
const siteUrl = 'http://localhost:3000';

export interface OtherServices {
  readonly ask: Ask;
  /** What was asked since the last call, without what the gate asks for each request. */
  takeAsked(): { name: string; input: unknown }[];
  /** Answers a question in another way from now on. */
  on<Input extends z.ZodType, Output extends z.ZodType>(
    question: QuestionDefinition<Input, Output>,
    handle: (input: z.infer<Input>) => Promise<z.input<Output>>,
  ): void;
}

/** Stands in for auth and permissions: everything succeeds at once, unless told otherwise. */
function otherServices(administratorId: string): OtherServices {
  const answers = new Map<string, (input: never) => Promise<unknown>>();
  let asked: { name: string; input: unknown }[] = [];
  const on: OtherServices['on'] = (question, handle) => void answers.set(question.name, handle);
  const ask: Ask = async (question, input) => {
    const parsed = question.input.parse(input);
    const isOfTheGate =
      question.name === introspectSession.name || (parsed as { accountId?: string }).accountId === administratorId;
    if (!isOfTheGate) asked.push({ name: question.name, input: parsed });
    const handle = answers.get(question.name);
    if (!handle) throw new Error(`nobody answers ${question.name}`);
    return question.output.parse(await handle(parsed as never)) as never;
  };
  on(introspectSession, async ({ token = '' }): Promise<Introspection> => {
    const [accountId, claimsVersion] = token.split('.');
    if (!accountId) return { active: false, singleSignOn: false };
    return { active: true, accountId, claimsVersion: Number(claimsVersion) };
  });
  on(describeMemberships, async ({ accountId }) => ({
    administrator: accountId === administratorId,
    groups: [{ id: 1, name: 'All Users', sources: ['automatic'] }],
  }));
  on(awaitAccountRevision, async () => ({ applied: true }));
  on(reserveDeactivation, async () => ({}));
  on(setAccountStatus, async () => ({}));
  const takeAsked = () => {
    const taken = asked;
    asked = [];
    return taken;
  };
  return { ask, on, takeAsked };
}

export interface RunningDirectory {
  readonly service: Service;
  readonly others: OtherServices;
  readonly administratorId: string;
  readonly databases: MigratedDatabase;
  readonly url: string;
  /** Puts sign-ins into the queue, as auth's relay does. */
  deliver(signIns: readonly SignIn[]): Promise<void>;
  /** Applies the first sign-in of a new person. */
  signIn(claims?: Partial<Claims>): Promise<Claims>;
  /** A request of somebody who is signed in under a claims version. */
  request(
    method: string,
    path: string,
    options?: { as?: { accountId: string; claimsVersion?: number } | undefined; body?: unknown },
  ): Promise<Answered>;
  asAdministrator(method: string, path: string, body?: unknown): Promise<Answered>;
  stop(): Promise<void>;
}

/** Directory behind real HTTP, with a database of its own and real messages; what others answer is stood in for. */
export async function startDirectory(): Promise<RunningDirectory> {
  const databases = await freshDatabase();
  const administratorId = randomUUID();
  const others = otherServices(administratorId);
  const service = createDirectory({
    databaseUrl: databases.urls.directory,
    recordRetentionDays: 400,
    ask: others.ask,
    log,
  });
  const transport = embeddedTransport({ log });
  const host = await startHost({
    services: [service],
    ask: others.ask,
    transport,
    serviceCredential: '7d0c1e5b9f3a48628e4d2b6a0c9f1357',
    siteUrl,
    embeddingOrigins: [],
    listen: { port: 0, address: '127.0.0.1' },
    log,
  });
  const url = `http://127.0.0.1:${host.port}`;

  const request: RunningDirectory['request'] = async (method, path, { as, body } = {}) => {
    return sendRequest(url + path, {
      method,
      headers: {
        ...(as && { authorization: `Bearer ${as.accountId}.${as.claimsVersion ?? 1}` }),
        ...(body !== undefined && { 'content-type': 'application/json' }),
      },
      ...(body !== undefined && { body: JSON.stringify(body) }),
    });
  };

  return {
    service,
    others,
    administratorId,
    databases,
    url,
    async deliver(signIns) {
      const events = signIns.map(({ data, ...envelope }) => {
        const type = UserLoggedIn.type;
        const subject = data.accountId;
        const fixed = { specversion: '1.0', source: '/sandgate/auth', datacontenttype: 'application/json' };
        return { id: envelope.id, type, subject, body: JSON.stringify({ ...fixed, ...envelope, type, subject, data }) };
      });
      await service.database.$transaction((tx) => transport.publish(events, tx));
      transport.published();
    },
    async signIn(claims) {
      const signIn = aSignIn(claims);
      await apply(service, [signIn]);
      return signIn.data;
    },
    request,
    asAdministrator: (method, path, body) => request(method, path, { as: { accountId: administratorId }, body }),
    async stop() {
      await host.stop();
      await databases.drop();
    },
  };
}

export type Announced = EventData<typeof AccountChanged>;

/** Everything that was announced of an account, in order, whether it has left the outbox or not. */
export async function announcedOf(database: SqlClient, accountId: string): Promise<Announced[]> {
  const rows = await database.$queryRaw<{ data: unknown }[]>`
    select data from (
      select sequence, 0 as place, body::jsonb -> 'data' as data from messaging.deliveries where subject = ${accountId}
      union all
      select sequence, 1 as place, data from outbox where subject = ${accountId}
    ) as announced order by place, sequence`;
  return rows.map(({ data }) => AccountChanged.data.parse(data));
}

export interface StoredAccount {
  readonly status: string;
  readonly revision: number;
  readonly claims_version: number;
  readonly email: string;
  readonly token_attributes: unknown;
  readonly admin_attributes: unknown;
  readonly claimed_groups: unknown;
  readonly first_administrator: boolean;
  readonly last_sign_in_at: Date | null;
}

export async function storedAccount(database: SqlClient, accountId: string): Promise<StoredAccount | undefined> {
  const rows = await database.$queryRaw<StoredAccount[]>`select * from account where id = ${accountId}::uuid`;
  return rows[0];
}

/** Whether a transaction in this database waits for another one. */
export async function someoneWaitsForALock(database: SqlClient): Promise<boolean> {
  const rows = await database.$queryRaw<{ waits: boolean }[]>`
    select exists (select from pg_stat_activity where datname = current_database() and wait_event_type = 'Lock') as waits`;
  return rows[0]?.waits ?? false;
}
