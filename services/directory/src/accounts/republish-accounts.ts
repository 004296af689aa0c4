import { AccountChanged } from '@sandgate/contracts';
import { type Database, nextTraceparent, type Outbox } from '@sandgate/messaging';
import { announcementOf } from './account.js';
import { findAccountsAfter } from './account-store.js';

const chunkSize = 1000;

/** Announces every account as it is, under the revision that it has; answers how many. One that changes meanwhile is announced by that change. */
export async function republishAccounts(database: Database, outbox: Outbox): Promise<number> {
  const traceparent = nextTraceparent();
  let count = 0;
  let last: string | undefined = '00000000-0000-0000-0000-000000000000';
  for (;;) {
    const accounts = await findAccountsAfter(database, last, chunkSize);
    last = accounts.at(-1)?.id;
    if (last === undefined) return count;
    const entries = accounts.map((account) => ({ subject: account.id, data: announcementOf(account) }));
    await outbox.add(database, AccountChanged, entries, traceparent);
    outbox.wake();
    count += accounts.length;
  }
}
