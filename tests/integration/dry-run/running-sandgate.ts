import { Writable } from 'node:stream';
import { createAuth } from '@sandgate/auth';
import { type Ask, serviceNames } from '@sandgate/contracts';
import { createDashboard } from '@sandgate/dashboard';
import { createDirectory } from '@sandgate/directory';
import { embeddedTransport } from '@sandgate/messaging';
import { createPermissions } from '@sandgate/permissions';
import { type Answer, createLogger, directAsk, type Host, startHost } from '@sandgate/service-kit';
import pg from 'pg';
import { dumpOf } from '../../support/dump.js';
import { eventually } from '../../support/eventually.js';
import { freshDatabase } from '../../support/postgres.js';
import { sendRequest } from '../../support/send-request.js';
import { sharedSecret } from '../auth/tokens.js';
import { createSource } from '../dashboard/support/data-source.js';

const siteUrl = 'http://localhost:3000';
export const administrator = { email: 'admin@acme.example', password: 'correct horse battery' };

interface Answered {
  readonly status: number;
  // biome-ignore lint/suspicious/noExplicitAny: what a test expects of it, it says
  readonly body: any;
  readonly session: string | undefined;
}

export interface RunningSandgate {
  readonly origin: string;
  /** A request with a session; of the first administrator without one. */
  request(method: string, path: string, body?: unknown, session?: string): Promise<Answered>;
  dryRun(token: string): Promise<Answered>;
  /** Presents a token as a browser does. */
  signIn(token: string): Promise<Answered>;
  dump(): ReturnType<typeof dumpOf>;
  /** Waits until nothing is on its way between the services. */
  settled(): Promise<void>;
  logged(): string;
  /** Runs statements on the company's database as its owner. */
  sql(statements: string): Promise<void>;
  stop(): Promise<void>;
}

/** All four services in one process, as `npm start` runs them, over a company's database. */
export async function startSandgate(schema: string): Promise<RunningSandgate> {
  const [database, source] = await Promise.all([freshDatabase(), createSource(schema)]);
  let logged = '';
  const keep = new Writable({
    write(line, _encoding, done) {
      logged += line;
      done();
    },
  });
  const log = createLogger(undefined, 'info', keep);
  let answers: readonly Answer[] = [];
  const ask: Ask = directAsk(() => answers);
  const { urls } = database;
  const services = [
    createAuth({
      databaseUrl: urls.auth,
      siteUrl,
      ask,
      log,
      embeddingOrigins: [],
      sessionSeconds: 1_209_600,
      refusalsPerMinute: 10_000,
      adminEmail: administrator.email,
      adminPassword: administrator.password,
      jwtSharedSecret: sharedSecret,
      identityProviderUri: 'https://app.example/sso',
    }),
    createDirectory({ databaseUrl: urls.directory, recordRetentionDays: 400, ask, log }),
    createPermissions({ databaseUrl: urls.permissions }),
    createDashboard({ databaseUrl: urls.dashboard, dataSources: [source.setting], siteUrl, ask, log }),
  ];
  const host: Host = await startHost({
    services,
    ask,
    log,
    transport: embeddedTransport({ log }),
    serviceCredential: '7d0c1e5b9f3a48628e4d2b6a0c9f1357',
    siteUrl,
    embeddingOrigins: [],
    listen: { port: 0, address: '127.0.0.1' },
    announceAnswers: (all) => {
      answers = all;
    },
  });
  const pool = new pg.Pool({ connectionString: database.adminUrl, max: 2 });

  const origin = `http://127.0.0.1:${host.port}`;
  const send = async (method: string, path: string, body?: unknown, session?: string): Promise<Answered> => {
    const {
      status,
      headers,
      body: answer,
    } = await sendRequest(origin + path, {
      method,
      headers: {
        ...(session !== undefined && { 'x-metabase-session': session }),
        ...(body !== undefined && { 'content-type': 'application/json' }),
      },
      ...(body !== undefined && { body: JSON.stringify(body) }),
    });
    const [, cookie] = /^sandgate\.SESSION=([\w-]+)/.exec(headers.get('set-cookie') ?? '') ?? [];
    return { status, body: answer, session: cookie };
  };

  const outboxes = serviceNames.map((service) => `select from ${service}.outbox`).join(' union all ');
  const settled = async (): Promise<void> =>
    eventually(async () => {
      const { rowCount } = await pool.query(`${outboxes} union all select from messaging.deliveries`);
      if (rowCount !== 0) throw new Error(`${rowCount} events on their way`);
    });

  const { username, password } = { username: administrator.email, password: administrator.password };
  const { body: opened } = await send('POST', '/api/session', { username, password });
  await settled();
  return {
    origin,
    request: (method, path, body, session = opened.id) => send(method, path, body, session),
    dryRun: (token) => send('POST', '/api/providers/jwt/dry-run', { jwt: token }, opened.id),
    signIn: (token) => send('GET', `/auth/sso?jwt=${encodeURIComponent(token)}`),
    dump: () => dumpOf(database.adminUrl),
    settled,
    logged: () => logged,
    sql: source.sql,
    async stop() {
      await pool.end();
      await host.stop();
      await Promise.all([database.drop(), source.drop()]);
    },
  };
}
