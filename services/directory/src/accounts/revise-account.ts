import { isDeepStrictEqual } from 'node:util';
import type { AccountStatus } from '@sandgate/contracts';
import type { Outbox, SqlClient } from '@sandgate/messaging';
import type { AdminAttributes, DatedAccount } from './account.js';
import { saveNextRevision } from './account-store.js';

export interface Revision {
  readonly status: AccountStatus;
  readonly adminAttributes: AdminAttributes;
}

/** Gives a locked account what an administrator wants, and announces it. What it has already makes no new revision. Answers the account. */
export async function reviseAccount(
  { tx, outbox, traceparent }: { tx: SqlClient; outbox: Outbox; traceparent: string },
  account: DatedAccount,
  { status, adminAttributes }: Revision,
): Promise<DatedAccount> {
  if (status === account.status && isDeepStrictEqual(adminAttributes, account.adminAttributes)) return account;
  const revised = { ...account, status, adminAttributes, revision: account.revision + 1 };
  await saveNextRevision(tx, outbox, revised, traceparent);
  return revised;
}
