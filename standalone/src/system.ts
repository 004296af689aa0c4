import { mkdir } from 'node:fs/promises';
import { createAuth } from '@sandgate/auth';
import type { Ask, ServiceName } from '@sandgate/contracts';
import { createDashboard, type DataSourceSetting } from '@sandgate/dashboard';
import { createDirectory } from '@sandgate/directory';
import { embeddedTransport, rabbitmqTransport, type Transport } from '@sandgate/messaging';
import { migrate } from '@sandgate/migrations';
import { createPermissions } from '@sandgate/permissions';
import { type Answer, directAsk, type Host, type Logger, type ReadinessCheck, startHost } from '@sandgate/service-kit';
import type { StandaloneConfig } from './config.js';
import { SAMPLE_DATABASE } from './demo/people.js';
import { loadSampleDatabase } from './demo/sample-database.js';
import { startEmbeddedPostgres } from './embedded-postgres.js';
import { type KeptSecrets, keepSecrets } from './kept-secrets.js';

export interface System {
  readonly adminEmail: string;
  readonly adminPassword: string;
  readonly jwtSharedSecret: string;
  stop(): Promise<void>;
}

export interface SystemOptions {
  readonly log: Logger;
  /** What the process adds to readiness. */
  readonly checks: readonly ReadinessCheck[];
  /** Aborted to end the start: it stops what runs by then, and throws the reason. */
  readonly stopping: AbortSignal;
}

/** All services in one process: the same code as in containers of their own, on one PostgreSQL, with direct calls for their questions. */
export async function startSystem(config: StandaloneConfig, options: SystemOptions): Promise<System> {
  const { log, checks, stopping } = options;
  await mkdir(config.SANDGATE_HOME, { recursive: true, mode: 0o700 });
  const secrets = await keepSecrets(config.SANDGATE_HOME);
  const postgres = await startPostgres(config, log).catch((error: unknown) => {
    // A Ctrl-C ends the making of the cluster too, which the terminal sends it to as well.
    stopping.throwIfAborted();
    throw error;
  });
  try {
    stopping.throwIfAborted();
    const urls = await migrate({ ...postgres, rolePasswords: secrets.rolePasswords, log: (line) => log.info(line) });
    stopping.throwIfAborted();
    const dataSources = await dataSourcesOf(config, secrets, postgres.adminUrl, log);
    stopping.throwIfAborted();
    const host = await startServices({ config, secrets, log, checks, urls, dataSources });
    return {
      ...adminOf(config, secrets),
      jwtSharedSecret: config.SANDGATE_JWT_SHARED_SECRET ?? secrets.jwtSharedSecret,
      stop: () => host.stop().finally(() => postgres.stop()),
    };
  } catch (error) {
    await postgres.stop();
    throw error;
  }
}

interface Postgres {
  readonly adminUrl: string;
  /** Absent where the address names the database already. */
  readonly databaseName?: string;
  stop(): Promise<void>;
}

async function startPostgres(config: StandaloneConfig, log: Logger): Promise<Postgres> {
  if (config.DATABASE_URL !== undefined) return { adminUrl: config.DATABASE_URL, stop: async () => {} };
  const { adminUrl, stop } = await startEmbeddedPostgres({
    directory: config.SANDGATE_HOME,
    log: (line) => log.info(line),
  });
  return { adminUrl, stop, databaseName: 'sandgate' };
}

async function dataSourcesOf(
  config: StandaloneConfig,
  secrets: KeptSecrets,
  adminUrl: string,
  log: Logger,
): Promise<DataSourceSetting[]> {
  const own = config.SANDGATE_DATA_SOURCES;
  if (!config.SANDGATE_DEMO) return own;
  const { readerUrl } = await loadSampleDatabase({ adminUrl, readerPassword: secrets.readerPassword, log });
  return [...own, { name: SAMPLE_DATABASE, url: readerUrl }];
}

const adminOf = (config: StandaloneConfig, secrets: KeptSecrets) => ({
  adminEmail: config.SANDGATE_ADMIN_EMAIL ?? 'admin@sandgate.example',
  adminPassword: config.SANDGATE_ADMIN_PASSWORD ?? secrets.adminPassword,
});

interface ServicesOptions {
  readonly config: StandaloneConfig;
  readonly secrets: KeptSecrets;
  readonly log: Logger;
  readonly checks: readonly ReadinessCheck[];
  readonly urls: Readonly<Record<ServiceName, string>>;
  readonly dataSources: readonly DataSourceSetting[];
}

async function startServices({ config, secrets, log, checks, urls, dataSources }: ServicesOptions): Promise<Host> {
  let answers: readonly Answer[] = [];
  const ask: Ask = directAsk(() => answers);
  const of = (service: ServiceName) => ({
    databaseUrl: urls[service],
    ask,
    log: log.child({ service }),
    siteUrl: config.siteUrl,
  });
  const services = [
    createAuth({
      ...of('auth'),
      ...adminOf(config, secrets),
      jwtSharedSecret: config.SANDGATE_JWT_SHARED_SECRET ?? secrets.jwtSharedSecret,
      embeddingOrigins: config.embeddingOrigins,
      sessionSeconds: config.SESSION_MAX_AGE_SECONDS,
      refusalsPerMinute: config.SANDGATE_REFUSALS_PER_MINUTE,
      sessionIdleSeconds: config.SANDGATE_SESSION_IDLE_SECONDS,
      sameSite: config.SANDGATE_COOKIE_SAMESITE,
    }),
    createDirectory({ ...of('directory'), recordRetentionDays: config.SANDGATE_RECORD_RETENTION_DAYS }),
    createPermissions(of('permissions')),
    createDashboard({ ...of('dashboard'), dataSources }),
  ];
  const transport: Transport =
    config.AMQP_URL === undefined ? embeddedTransport({ log }) : rabbitmqTransport({ url: config.AMQP_URL, log });
  return startHost({
    services,
    ask,
    transport,
    log,
    readiness: checks,
    serviceCredential: secrets.serviceCredential,
    siteUrl: config.siteUrl,
    embeddingOrigins: config.embeddingOrigins,
    trustedProxies: config.SANDGATE_TRUSTED_PROXIES,
    sameSite: config.SANDGATE_COOKIE_SAMESITE,
    listen: { port: config.PORT, address: '127.0.0.1' },
    announceAnswers: (all) => {
      answers = all;
    },
  });
}
