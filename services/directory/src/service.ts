import type { Ask } from '@sandgate/contracts';
import { createOutbox } from '@sandgate/messaging';
import type { Logger, Service } from '@sandgate/service-kit';
import { createAccountChanger } from './accounts/change-account.js';
import { createAccountReader } from './accounts/read-account.js';
import { republishAccounts } from './accounts/republish-accounts.js';
import { connect } from './database.js';
import { onAuthSettingsChanged } from './events/on-auth-settings-changed.js';
import { onPermissionsSettingsChanged } from './events/on-permissions-settings-changed.js';
import { onSignInRefused } from './events/on-sign-in-refused.js';
import { onUserLoggedIn } from './events/on-user-logged-in.js';
import { createAccountRoute } from './http/create-account.route.js';
import { getAccountRoute } from './http/get-account.route.js';
import { getAttributeSettingsRoute } from './http/get-attribute-settings.route.js';
import { getCurrentAccountRoute } from './http/get-current-account.route.js';
import { listAccountsRoute } from './http/list-accounts.route.js';
import { listRecordsRoute } from './http/list-records.route.js';
import { patchAccountRoute } from './http/patch-account.route.js';
import { putAttributeSettingsRoute } from './http/put-attribute-settings.route.js';
import { previewAccountAnswer } from './questions/preview-account.answer.js';
import { removeOldRecords } from './records/remove-old-records.js';
import { createStatusChanger } from './status/change-status.js';
import { finishStatusChanges } from './status/finish-status-changes.js';

export interface DirectoryDependencies {
  readonly databaseUrl: string;
  /** At most so many connections. */
  readonly maxConnections?: number;
  /** Older records are removed. */
  readonly recordRetentionDays: number;
  /** auth for statuses, permissions for memberships and for what it has applied. */
  readonly ask: Ask;
  readonly log: Logger;
}

/**
 * Owns profiles and attributes of accounts: from what the providers say of a person (`UserLoggedIn`) and what administrators set,
 * it makes the account as it counts, and announces each revision of it (`AccountChanged`).
 */
export function createDirectory({
  databaseUrl,
  maxConnections = 10,
  recordRetentionDays,
  ask,
  log,
}: DirectoryDependencies): Service {
  const database = connect(databaseUrl, { max: maxConnections });
  const outbox = createOutbox();
  const accounts = createAccountReader(database);
  const statusChanger = createStatusChanger({ database, outbox, ask, log });
  const changeAccount = createAccountChanger({ database, outbox, ask, log, accounts, statusChanger });

  return {
    name: 'directory',
    database,
    outbox,
    routes: [
      listAccountsRoute(database),
      createAccountRoute(ask),
      getAccountRoute({ accounts, ask }),
      patchAccountRoute(changeAccount),
      getCurrentAccountRoute({ accounts, ask }),
      listRecordsRoute(database),
      getAttributeSettingsRoute(database),
      putAttributeSettingsRoute(database),
    ],
    answers: [previewAccountAnswer(database)],
    subscriptions: [onUserLoggedIn(), onSignInRefused(), onAuthSettingsChanged(), onPermissionsSettingsChanged()],
    jobs: [
      finishStatusChanges({ database, statusChanger }),
      { name: 'remove-old-records', everySeconds: 600, run: removeOldRecords(database, recordRetentionDays) },
    ],
    readiness: [{ name: 'database', check: () => database.$queryRaw`select 1`.then(() => undefined) }],
    resync: () => republishAccounts(database, outbox),
    prepare: async () => {},
    close: () => database.$disconnect(),
  };
}
