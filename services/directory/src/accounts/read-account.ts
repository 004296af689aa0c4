import { setTimeout as sleep } from 'node:timers/promises';
import { Failure } from '@sandgate/contracts';
import type { SqlClient } from '@sandgate/messaging';
import { type Caller, createBatcher } from '@sandgate/service-kit';
import type { DatedAccount } from './account.js';
import { findAccounts } from './account-store.js';

const firstPauseMs = 5;
const longestPauseMs = 100;

/** Reads single accounts. Reads of one moment share a statement, also those of everybody who waits for a sign-in to arrive. */
export function createAccountReader(database: SqlClient) {
  const find = createBatcher({
    run: async (ids: readonly string[]) => {
      const found = await findAccounts(database, ids);
      return ids.map((id) => found.get(id));
    },
    maxSize: 256,
    lanes: 2,
  });

  return {
    /** `directory.account_not_found`. */
    async get(id: string): Promise<DatedAccount> {
      const account = await find(id.toLowerCase());
      if (!account) throw new Failure('directory.account_not_found');
      return account;
    },

    /** The caller's own account, at least as new as the sign-in. Waits for it until `deadline`, then `directory.account_not_yet_applied`. */
    async getAsNewAs({ accountId, claimsVersion }: Caller, deadline: number): Promise<DatedAccount> {
      for (let pauseMs = firstPauseMs; ; pauseMs = Math.min(pauseMs * 2, longestPauseMs)) {
        const account = await find(accountId);
        if (account && account.claimsVersion >= claimsVersion) return account;
        if (performance.now() + pauseMs > deadline) throw new Failure('directory.account_not_yet_applied');
        await sleep(pauseMs);
      }
    },
  };
}

export type AccountReader = ReturnType<typeof createAccountReader>;
