import { randomBytes } from 'node:crypto';
import { type ServiceName, serviceNames } from '@sandgate/contracts';
import { freePort, type StartedProcess } from '@sandgate/tests';
import type { BenchBroker } from './broker.js';
import type { Closing } from './closing.js';
import type { Database } from './database.js';
import { mustAnswer, startProgram } from './processes.js';
import type { ServiceUrls, Stage } from './stage.js';

export const jwtSharedSecret = randomBytes(32).toString('hex');
export const siteUrl = 'http://localhost';
export const administrator = { username: 'admin@bench.example', password: randomBytes(12).toString('hex') };

/** A Sandgate of its own, service by service as in containers: one database, the bench's broker, a process for each service. */
export class System {
  private constructor(
    readonly database: Database,
    readonly broker: BenchBroker,
    readonly serviceCredential: string,
    readonly ports: Readonly<Record<ServiceName, number>>,
    private readonly databaseUrls: ServiceUrls,
  ) {}

  static async prepare(stage: Stage, closing: Closing): Promise<System> {
    const broker = await stage.broker();
    await broker.purge();
    const { database, urls } = await stage.systemDatabase(closing);
    const ports: [ServiceName, number][] = [];
    for (const name of serviceNames) ports.push([name, await freePort()]);
    const credential = randomBytes(32).toString('hex');
    return new System(database, broker, credential, Object.fromEntries(ports) as Record<ServiceName, number>, urls);
  }

  urlOf(service: ServiceName): string {
    return `http://127.0.0.1:${this.ports[service]}`;
  }

  /** The process of a service as its container would run it. `databaseUrl` replaces the address of its database. */
  async start(
    service: ServiceName,
    closing: Closing,
    { databaseUrl = this.databaseUrls[service], dataSources = '[]' } = {},
  ): Promise<StartedProcess> {
    const env = {
      ...this.environment(),
      ...own(service, dataSources),
      PORT: String(this.ports[service]),
      DATABASE_URL: databaseUrl,
    };
    const isReady = () => mustAnswer(`${this.urlOf(service)}/api/health/ready`);
    return startProgram({ file: `services/${service}/dist/main.js`, env, isReady }, closing);
  }

  databaseUrlOf(service: ServiceName): string {
    return this.databaseUrls[service];
  }

  private environment(): Record<string, string> {
    return {
      AMQP_URL: this.broker.url,
      AUTH_URL: this.urlOf('auth'),
      DIRECTORY_URL: this.urlOf('directory'),
      PERMISSIONS_URL: this.urlOf('permissions'),
      DASHBOARD_URL: this.urlOf('dashboard'),
      SANDGATE_SERVICE_CREDENTIAL: this.serviceCredential,
      SANDGATE_SITE_URL: siteUrl,
    };
  }
}

const own = (service: ServiceName, dataSources: string): Record<string, string> => {
  if (service === 'dashboard') return { SANDGATE_DATA_SOURCES: dataSources };
  if (service !== 'auth') return {};
  return {
    SANDGATE_ADMIN_EMAIL: administrator.username,
    SANDGATE_ADMIN_PASSWORD: administrator.password,
    SANDGATE_JWT_SHARED_SECRET: jwtSharedSecret,
    SANDGATE_JWT_IDENTITY_PROVIDER_URI: 'http://localhost/sign-in',
    // Refusals are measured as such, not as what too many of them are answered.
    SANDGATE_REFUSALS_PER_MINUTE: '1000000',
  };
};
