import type { Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import {
  type Ask,
  getLiveness,
  getMetrics,
  getReadiness,
  listDeadLetters,
  redriveDeadLetters,
  reportReadiness,
  resync,
} from '@sandgate/contracts';
import { type RunningMessaging, startMessaging, type Transport } from '@sandgate/messaging';
import { collectDefaultMetrics, Histogram, Registry } from 'prom-client';
import { createApp } from './http/app.js';
import { createAppServer } from './http/create-app-server.js';
import { type AnyRoute, Reply, route } from './http/route.js';
import type { SameSite } from './http/session-credential.js';
import { stopListening } from './http/stop-listening.js';
import { type Job, startJob } from './job.js';
import type { Logger } from './logger.js';
import { type Answer, answer } from './questions/ask.js';
import { reportOf } from './readiness.js';
import type { ReadinessCheck, Service } from './service.js';
import { StartRefused } from './start-refused.js';
import { waitForDatabase } from './wait-for-database.js';

export interface HostOptions {
  /** One service in a container of its own, or all of them in one process. */
  readonly services: readonly Service[];
  /** How these services ask others, and the frame asks about sessions. */
  readonly ask: Ask;
  readonly transport: Transport;
  readonly serviceCredential: string;
  readonly siteUrl: string;
  /** Who may show this site in a frame, and read its API from a page of their own. */
  readonly embeddingOrigins: readonly string[];
  readonly trustedProxies?: readonly string[] | undefined;
  /** Of the session cookie; `lax` unless told. */
  readonly sameSite?: SameSite;
  readonly listen: { readonly port: number; readonly address: string };
  readonly log: Logger;
  /** Checks of the process itself, beside those of its services. */
  readonly readiness?: readonly ReadinessCheck[];
  readonly registry?: Registry;
  /** Gets everything that these services answer before the first of them is prepared, for `directAsk` within one process. */
  readonly announceAnswers?: (answers: readonly Answer[]) => void;
}

export interface Host {
  readonly port: number;
  /** Stops in order: no new requests, requests in hand, jobs, consumers and relay, databases, transport. Safe to call twice. */
  stop(): Promise<void>;
}

interface RunningService {
  readonly service: Service;
  readonly messaging: RunningMessaging;
  readonly jobs: readonly { stop(): Promise<void> }[];
}

/** Runs services: prepares them, consumes, relays, runs their jobs and answers HTTP. */
export async function startHost(options: HostOptions): Promise<Host> {
  const registry = options.registry ?? new Registry();
  // Ten looks a second at the event loop, not a hundred: each wakes the process.
  collectDefaultMetrics({ register: registry, eventLoopMonitoringPrecision: 100 });
  const running: RunningService[] = [];
  options.announceAnswers?.(options.services.flatMap((service) => service.answers));
  for (const service of options.services) running.push(await startService(service, options, registry));
  options.announceAnswers?.(answersOf(running));
  const app = createApp({
    ...options,
    routes: [...options.services.flatMap((service) => service.routes), ...operationRoutes(running, options, registry)],
    answers: answersOf(running),
    requestSeconds: new Histogram({
      name: 'sandgate_http_request_seconds',
      help: 'Time from a request to its answer',
      labelNames: ['route', 'status'],
      buckets: [0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5],
      registers: [registry],
    }),
  });
  const limits = { requestTimeout: 30_000, headersTimeout: 10_000, keepAliveTimeout: 65_000, maxHeaderSize: 32 * 1024 };
  const server = createAppServer(app, limits);
  await listen(server, options.listen).catch(async (error: unknown) => {
    await stopAll(server, running, options.transport);
    throw error;
  });
  let stopping: Promise<void> | undefined;
  return {
    port: (server.address() as AddressInfo).port,
    stop: () => {
      stopping ??= stopAll(server, running, options.transport);
      return stopping;
    },
  };
}

async function startService(service: Service, options: HostOptions, registry: Registry): Promise<RunningService> {
  const { database, outbox, subscriptions, name } = service;
  await waitForDatabase(database);
  await service.prepare();
  // A second `service` beside that of a process of its own would make a line of JSON that some readers refuse.
  const log = options.log.bindings()['service'] === undefined ? options.log.child({ service: name }) : options.log;
  const messaging = await startMessaging({
    service: name,
    database,
    outbox,
    subscriptions,
    transport: options.transport,
    log,
    registry,
  });
  return { service, messaging, jobs: service.jobs.map((job: Job) => startJob(job, log)) };
}

const checksOf = ({ service, messaging }: RunningService): readonly ReadinessCheck[] => [
  { name: `${service.name}.messages`, check: async () => (await messaging.readiness()).missing },
  ...service.readiness.map((one) => ({ name: `${service.name}.${one.name}`, check: () => one.check() })),
];

function operationRoutes(running: readonly RunningService[], options: HostOptions, registry: Registry): AnyRoute[] {
  const checks = [...running.flatMap(checksOf), ...(options.readiness ?? [])];
  return [
    route(getLiveness, () => ({ live: true as const })),
    route(getReadiness, async () => {
      const report = await reportOf(checks);
      return new Reply({ status: report.ready ? 200 : 503, body: report });
    }),
    route(getMetrics, async () => new Reply({ text: await registry.metrics(), contentType: registry.contentType })),
  ];
}

/** What every service answers, beside what it answers by itself. */
const answersOf = (running: readonly RunningService[]): Answer[] =>
  running.flatMap(({ service, messaging }, index) => [
    ...service.answers,
    answer(reportReadiness[service.name], () => reportOf(checksOf(running[index] as RunningService))),
    answer(resync[service.name], async () => ({ republished: await service.resync() })),
    answer(listDeadLetters[service.name], async ({ limit }) => ({
      deadLetters: await messaging.listDeadLetters(limit),
    })),
    answer(redriveDeadLetters[service.name], async ({ ids }) => ({
      redriven: await messaging.redriveDeadLetters(ids),
    })),
  ]);

const listen = (server: Server, { port, address }: HostOptions['listen']): Promise<void> =>
  new Promise((resolve, reject) => {
    const refuse = (error: NodeJS.ErrnoException): void =>
      reject(
        error.code === 'EADDRINUSE'
          ? new StartRefused(`Port ${port} is taken by another program; set PORT to another.`, { cause: error })
          : error,
      );
    server.once('error', refuse);
    server.listen(port, address, () => {
      server.off('error', refuse);
      resolve();
    });
  });

async function stopAll(server: Server, running: readonly RunningService[], transport: Transport): Promise<void> {
  await stopListening(server);
  await Promise.all(running.flatMap(({ jobs }) => jobs.map((job) => job.stop())));
  await Promise.all(running.map(({ messaging }) => messaging.stop()));
  await transport.close();
  await Promise.all(running.map(({ service }) => service.close()));
}
