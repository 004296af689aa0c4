import { randomBytes } from 'node:crypto';
import { migrate } from '@sandgate/migrations';
import type { PostgresVersion } from '../postgres-binaries.js';
import { type PostgresServer, startPostgres } from '../postgres-server.js';
import { offer } from '../testbed.js';
import { startOnce } from './run-parts.js';

const template = 'sandgate_template';

const start = async (version: PostgresVersion): Promise<PostgresServer> => {
  const server = await startPostgres({ version });
  const password = (): string => randomBytes(16).toString('hex');
  const rolePasswords = {
    migrate: password(),
    auth: password(),
    directory: password(),
    permissions: password(),
    dashboard: password(),
  };
  const { adminUrl } = server;
  const templateUrls = await migrate({ adminUrl, databaseName: template, rolePasswords, log: () => undefined });
  offer(`${version}Postgres`, { adminUrl, template, templateUrls });
  return server;
};

/** One PostgreSQL for the run, with a migrated database that `freshDatabase` copies. */
export const ensureNewestPostgres = startOnce('newestPostgres', () => start('newest'));

/** The same on the oldest version that Sandgate runs on. */
export const ensureOldestPostgres = startOnce('oldestPostgres', () => start('oldest'));
