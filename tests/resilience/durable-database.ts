import { randomBytes } from 'node:crypto';
import { migrate } from '@sandgate/migrations';
import type { MigratedDatabase } from '../support/postgres.js';
import { type PostgresServer, startPostgres } from '../support/postgres-server.js';

export interface DurableDatabase extends MigratedDatabase {
  readonly server: PostgresServer;
}

/** A database on a server of its own that keeps what is committed, and that may be killed. */
export async function openDurableDatabase(): Promise<DurableDatabase> {
  const server = await startPostgres({ durable: true });
  const password = (): string => randomBytes(16).toString('hex');
  const rolePasswords = {
    ...{ migrate: password(), auth: password(), directory: password() },
    ...{ permissions: password(), dashboard: password() },
  };
  const databaseName = 'sandgate';
  const { adminUrl } = server;
  const urls = await migrate({ adminUrl, databaseName, rolePasswords, log: () => undefined });
  return {
    server,
    urls,
    adminUrl: Object.assign(new URL(adminUrl), { pathname: `/${databaseName}` }).href,
    drop: () => server.dispose(),
  };
}
