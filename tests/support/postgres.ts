import { randomBytes } from 'node:crypto';
import { prepareDatabase } from '@sandgate/migrations';
import pg from 'pg';
import type { PostgresVersion } from './postgres-binaries.js';
import { readTestbed, type ServiceUrls, type Testbed } from './testbed.js';

export interface TestDatabase {
  /** Superuser of this database. */
  readonly adminUrl: string;
  drop(): Promise<void>;
}

export interface MigratedDatabase extends TestDatabase {
  /** Each service with its own role. */
  readonly urls: ServiceUrls;
}

const nothing = 'template0';

/** A database of its own with all migrations applied, copied from the run's template. */
export const freshDatabase = async (): Promise<MigratedDatabase> => {
  const { adminUrl, template, templateUrls } = postgresOfProject();
  const database = await createDatabase(adminUrl, template);
  const urls = Object.fromEntries(
    Object.entries(templateUrls).map(([service, url]) => [service, inDatabase(url, database.name)]),
  ) as unknown as ServiceUrls;
  return { urls, adminUrl: database.adminUrl, drop: database.drop };
};

/** A database of its own with nothing in it. */
export const emptyDatabase = async (): Promise<TestDatabase> => {
  const { adminUrl, drop } = await createDatabase(postgresOfProject().adminUrl, nothing);
  return { adminUrl, drop };
};

// jest's environment makes the options of a project global.
const postgresOfProject = (): Testbed['newestPostgres'] => {
  const { postgresVersion } = globalThis as { postgresVersion?: PostgresVersion };
  if (postgresVersion === undefined) throw new Error('The project in jest.config.js names no postgresVersion');
  return readTestbed(`${postgresVersion}Postgres`);
};

const createDatabase = async (serverUrl: string, template: string): Promise<TestDatabase & { name: string }> => {
  const name = `test_${randomBytes(6).toString('hex')}`;
  await asAdmin(serverUrl, async (client) => {
    // PostgreSQL refuses two copies of one template at the same time.
    await client.query("select pg_advisory_lock(hashtext('copy of the template'))");
    // By files: through the log, as PostgreSQL would by itself, it takes three times as long.
    await client.query(`create database ${name} template ${template} strategy file_copy`);
    if (template !== nothing) await prepareDatabase(client, name);
  });
  const drop = (): Promise<void> =>
    asAdmin(serverUrl, async (client) => void (await client.query(`drop database if exists ${name} with (force)`)));
  return { name, adminUrl: inDatabase(serverUrl, name), drop };
};

const asAdmin = async <T>(url: string, work: (client: pg.Client) => Promise<T>): Promise<T> => {
  const client = new pg.Client({ connectionString: url });
  await client.connect();
  try {
    return await work(client);
  } finally {
    await client.end();
  }
};

const inDatabase = (url: string, name: string): string => {
  const moved = new URL(url);
  moved.pathname = `/${name}`;
  return moved.href;
};
