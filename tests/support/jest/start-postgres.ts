import { randomBytes } from 'node:crypto';
import { migrate } from '@sandgate/migrations';
import { startPostgres } from '../postgres-server.js';
import { offer } from '../testbed.js';
import { startOnce } from './run-parts.js';

const template = 'sandgate_template';

/** One PostgreSQL for the run, with a migrated database that `freshDatabase` copies. */
export const ensurePostgres = startOnce('postgres', async () => {
  const server = await startPostgres();
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
  offer('postgres', { adminUrl, template, templateUrls });
  return server;
});
