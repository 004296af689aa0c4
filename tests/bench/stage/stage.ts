import { randomBytes } from 'node:crypto';
import { mkdtemp, rm } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import { migrate } from '@sandgate/migrations';
import { type PostgresServer, startPostgres } from '@sandgate/tests';
import { type BenchBroker, takeBroker } from './broker.js';
import { Closing } from './closing.js';
import { Database } from './database.js';

/** What all rows use: one durable PostgreSQL, one RabbitMQ, each started when it is first needed. */
export class Stage {
  private readonly closing = new Closing();
  private startedPostgres: Promise<PostgresServer> | undefined;
  private startedBroker: Promise<BenchBroker> | undefined;
  private readonly password = randomBytes(16).toString('hex');
  private databases = 0;

  postgres(): Promise<PostgresServer> {
    this.startedPostgres ??= startPostgres({ durable: true }).then((server) => {
      this.closing.add(() => server.dispose());
      return server;
    });
    return this.startedPostgres;
  }

  broker(): Promise<BenchBroker> {
    this.startedBroker ??= takeBroker(this.closing);
    return this.startedBroker;
  }

  /** A database of its own with all migrations applied. */
  async systemDatabase(closing: Closing): Promise<{ database: Database; urls: ServiceUrls }> {
    const database = await this.emptyDatabase(closing);
    const { password } = this;
    const rolePasswords = {
      migrate: password,
      auth: password,
      directory: password,
      permissions: password,
      dashboard: password,
    };
    return { database, urls: await migrate({ adminUrl: database.url, rolePasswords, log: () => undefined }) };
  }

  /** A database of its own with nothing in it. */
  async emptyDatabase(closing: Closing): Promise<Database> {
    const { adminUrl } = await this.postgres();
    const server = new Database(adminUrl);
    const name = `bench_${++this.databases}`;
    await server.query(`create database ${name} template template0`);
    await server.close();
    const database = new Database(Object.assign(new URL(adminUrl), { pathname: `/${name}` }).href);
    closing.add(() => database.close());
    return database;
  }

  async folder(closing: Closing): Promise<string> {
    const folder = await mkdtemp(path.join(os.tmpdir(), 'sandgate-bench-'));
    closing.add(() => rm(folder, { recursive: true, force: true, maxRetries: 10 }));
    return folder;
  }

  end(): Promise<void> {
    return this.closing.closeAll();
  }
}

export type ServiceUrls = Awaited<ReturnType<typeof migrate>>;
