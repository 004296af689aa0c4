import { randomBytes } from 'node:crypto';
import { fileURLToPath } from 'node:url';
import type { QuestionDefinition, ServiceName } from '@sandgate/contracts';
import { serviceNames } from '@sandgate/contracts';
import type { z } from 'zod';
import { eventually, Hopeless } from '../support/eventually.js';
import { freePort } from '../support/free-port.js';
import type { MigratedDatabase } from '../support/postgres.js';
import { type ServiceProcess, spawnService } from '../support/spawn-service.js';
import type { Preload } from './crash-points.js';
import { type Front, openFront } from './front.js';
import { type Answered, type SendOptions, send } from './send.js';

const administrator = { email: 'admin@sandgate.example', password: 'correct horse battery staple' };
export const sharedSecret = randomBytes(32).toString('hex');
const serviceCredential = randomBytes(32).toString('hex');

/** A running process of a service. */
export interface Instance {
  readonly service: ServiceName;
  /** Its own address, past the front. */
  readonly origin: string;
  readonly process: ServiceProcess;
}

export interface SandgateParts {
  readonly database: MigratedDatabase;
  readonly amqpUrl: string;
  /** The company's database that dashboard shows. */
  readonly dataSource: { readonly name: string; readonly url: string };
}

/** The built services, each a process or several behind one address, as they are deployed. */
export interface Sandgate {
  /** The address of a service, whoever answers there. */
  origin(service: ServiceName): string;
  /** The running instances of a service, the oldest first. */
  instances(service: ServiceName): Instance[];
  /** Starts another instance; resolves when it takes requests, or has died of its preload. */
  start(service: ServiceName, preload?: Preload): Promise<Instance>;
  /** Ends an instance, and answers how it ended. */
  end(instance: Instance, signal?: NodeJS.Signals): Promise<string>;
  /** Ends what runs of these services, all at the same moment. */
  endAll(services?: readonly ServiceName[], signal?: NodeJS.Signals): Promise<void>;
  /** Resolves when every part says that it is ready. */
  ready(): Promise<void>;
  ask<Input extends z.ZodType, Output extends z.ZodType>(
    question: QuestionDefinition<Input, Output>,
    input: z.input<Input>,
    origin?: string,
  ): Promise<z.infer<Output>>;
  /** A request of the first administrator; retried while parts are not there yet. */
  manage(method: string, path: string, body?: unknown): Promise<Answered>;
  /** Processes that ended although nobody ended them, with what they said. */
  casualties(): string[];
  /** Ends everything. */
  close(): Promise<void>;
}

const main = (service: ServiceName): string =>
  fileURLToPath(new URL(`../../services/${service}/dist/main.js`, import.meta.url));

export async function openSandgate(parts: SandgateParts): Promise<Sandgate> {
  const fronts = Object.fromEntries(
    await Promise.all(serviceNames.map(async (service) => [service, await openFront()] as const)),
  ) as Record<ServiceName, Front>;
  const running = new Set<Instance>();
  const casualties: string[] = [];
  let session: Promise<string> | undefined;

  const origin = (service: ServiceName): string => fronts[service].origin;
  const instances = (service: ServiceName): Instance[] => [...running].filter((one) => one.service === service);

  const start = async (service: ServiceName, preload?: Preload): Promise<Instance> => {
    const port = await freePort();
    const env = { ...environmentOf(service, { parts, fronts, port }), ...preload?.env };
    const process = await spawnService(main(service), { env });
    const instance: Instance = { service, origin: `http://127.0.0.1:${port}`, process };
    running.add(instance);
    fronts[service].add(port);
    void process.exited.then((how) => {
      fronts[service].remove(port);
      const isOurs = !running.delete(instance) || (how === 'signal SIGKILL' && (preload?.reached() ?? 0) > 0);
      if (!isOurs && !portWasTaken(process))
        casualties.push(`${service} ended with ${how}: ${process.output().slice(-2_000)}`);
    });
    const takesRequests = await eventually(() => isLive(instance, preload !== undefined), { timeoutMs: 30_000 });
    return takesRequests ? instance : start(service, preload);
  };

  const end: Sandgate['end'] = async (instance, signal = 'SIGTERM') => {
    running.delete(instance);
    return instance.process.kill(signal);
  };

  const endAll: Sandgate['endAll'] = async (services = serviceNames, signal = 'SIGTERM') => {
    await Promise.all(services.flatMap(instances).map((instance) => end(instance, signal)));
  };

  const ask: Sandgate['ask'] = async (question, input, at = origin(question.answeredBy)) => {
    const headers = { authorization: `Bearer ${serviceCredential}` };
    const answered = await send(`${at}/internal/${question.name}`, { method: 'POST', headers, body: input });
    if (answered.status !== 200) throw new Error(`${question.name}: ${answered.status} ${answered.text}`);
    return question.output.parse(answered.body);
  };

  const signIn = async (): Promise<string> => {
    const { email: username, password } = administrator;
    const options: SendOptions = { method: 'POST', body: { username, password } };
    const answered = await send(`${origin('auth')}/api/session`, options);
    if (answered.status !== 200) throw new Error(`the administrator cannot sign in: ${answered.text}`);
    return answered.body.id;
  };

  return {
    origin,
    instances,
    start,
    end,
    endAll,
    ask,
    ready: () =>
      eventually(
        async () => {
          for (const service of serviceNames) {
            const { status, text } = await send(`${origin(service)}/api/health/ready`);
            if (status !== 200) throw new Error(`${service}: ${text}`);
          }
        },
        { timeoutMs: 60_000 },
      ),
    manage: (method, path, body) =>
      eventually(
        async () => {
          session ??= signIn();
          const id = await session.catch((error: unknown) => {
            session = undefined;
            throw error;
          });
          const headers = { 'x-metabase-session': id };
          const answered = await send(origin(ownerOf(path)) + path, { method, headers, body });
          if (answered.status >= 500) throw new Error(`${method} ${path}: ${answered.status} ${answered.text}`);
          return answered;
        },
        { timeoutMs: 30_000 },
      ),
    casualties: () => casualties,
    async close() {
      await endAll(serviceNames, 'SIGKILL');
      await Promise.all(Object.values(fronts).map((front) => front.close()));
    },
  };
}

/** True when it takes requests, false when its port was taken. One with a preload may also die of that. */
async function isLive({ origin, process }: Instance, mayDie: boolean): Promise<boolean> {
  if (process.hasExited()) {
    const how = await process.exited;
    if (mayDie && how === 'signal SIGKILL') return true;
    if (portWasTaken(process)) return false;
    throw new Hopeless(`It ended with ${how}: ${process.output()}`);
  }
  await send(`${origin}/api/health/live`);
  return true;
}

/** By somebody else, between finding it free and listening on it. */
const portWasTaken = (process: ServiceProcess): boolean => /Port \d+ is taken/.test(process.output());

interface Surroundings {
  readonly parts: SandgateParts;
  readonly fronts: Record<ServiceName, Front>;
  readonly port: number;
}

const siteUrl = 'http://localhost:3000';

function environmentOf(
  service: ServiceName,
  { parts, fronts, port }: Surroundings,
): Record<string, string | undefined> {
  const own: Record<ServiceName, Record<string, string>> = {
    auth: {
      SANDGATE_ADMIN_EMAIL: administrator.email,
      SANDGATE_ADMIN_PASSWORD: administrator.password,
      SANDGATE_JWT_SHARED_SECRET: sharedSecret,
      // Enables the provider.
      SANDGATE_JWT_IDENTITY_PROVIDER_URI: 'http://localhost:8080/sso/sandgate',
    },
    directory: {},
    permissions: {},
    dashboard: { SANDGATE_DATA_SOURCES: JSON.stringify([parts.dataSource]) },
  };
  return {
    PORT: String(port),
    DATABASE_URL: parts.database.urls[service],
    AMQP_URL: parts.amqpUrl,
    AUTH_URL: fronts.auth.origin,
    DIRECTORY_URL: fronts.directory.origin,
    PERMISSIONS_URL: fronts.permissions.origin,
    DASHBOARD_URL: fronts.dashboard.origin,
    SANDGATE_SERVICE_CREDENTIAL: serviceCredential,
    SANDGATE_SITE_URL: siteUrl,
    SANDGATE_LOG_LEVEL: 'warn',
    // A service takes no variable with its prefix that it does not know.
    SANDGATE_TEST_RUN: undefined,
    ...own[service],
  };
}

/** Which service answers a path, as the proxy of the deployment has it. */
const ownerOf = (path: string): ServiceName => {
  if (/^\/(auth|api\/(session|providers))/.test(path)) return 'auth';
  if (/^\/api\/(accounts|user)/.test(path)) return 'directory';
  if (/^\/api\/(groups|group-sync|data-permissions|sandboxes|decisions)/.test(path)) return 'permissions';
  return 'dashboard';
};
