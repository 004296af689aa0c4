import { Failure } from '@sandgate/contracts';
import type { Database } from '@sandgate/messaging';
import { besidePolicy } from '../policy/policy-store.js';
import { isLastAdministrator, reserveDeactivation } from './account-store.js';

/** From its answer on the account counts as deactivated, until released. Throws `permissions.last_administrator`; safe to repeat. */
export const reserve = (database: Database, accountId: string): Promise<void> =>
  besidePolicy(database, async (tx) => {
    if (await isLastAdministrator(tx, accountId)) throw new Failure('permissions.last_administrator');
    await reserveDeactivation(tx, accountId);
  });
