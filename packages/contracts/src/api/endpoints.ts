import * as accounts from './accounts.js';
import * as apiKeys from './api-keys.js';
import type { Endpoint } from './define-endpoint.js';
import * as dryRun from './dry-run.js';
import * as groups from './groups.js';
import * as operations from './operations.js';
import * as passwords from './passwords.js';
import * as policies from './policies.js';
import * as providers from './providers.js';
import * as records from './records.js';
import * as sessions from './sessions.js';
import * as signIn from './sign-in.js';
import * as tables from './tables.js';

const isEndpoint = (value: unknown): value is Endpoint =>
  typeof value === 'object' && value !== null && 'path' in value && 'owner' in value && 'access' in value;

/** Every operation of the HTTP API, in the order of the document. */
export const endpoints: readonly Endpoint[] = [
  signIn,
  sessions,
  apiKeys,
  passwords,
  providers,
  dryRun,
  accounts,
  groups,
  policies,
  tables,
  records,
  operations,
].flatMap((part) => Object.values(part).filter(isEndpoint));
