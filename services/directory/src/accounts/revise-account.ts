import { randomUUID } from 'node:crypto';
import { isDeepStrictEqual } from 'node:util';
import { type AccountStatus, changedFields } from '@sandgate/contracts';
import type { Outbox, SqlClient } from '@sandgate/messaging';
import { decideShownValues } from '../records/decide-shown-values.js';
import { findPrivateAttributes } from '../records/private-attribute-store.js';
import { writeRecords } from '../records/record-store.js';
import type { AdminAttributes, DatedAccount } from './account.js';
import { saveNextRevision } from './account-store.js';

export interface Revision {
  /** The administrator; null where that is not known. */
  readonly actorId: string | null;
  readonly status: AccountStatus;
  readonly adminAttributes: AdminAttributes;
}

/** Gives a locked account what an administrator wants, announces and records it. What it has already makes no new revision. Answers the account. */
export async function reviseAccount(
  { tx, outbox, traceparent }: { tx: SqlClient; outbox: Outbox; traceparent: string },
  account: DatedAccount,
  { actorId, status, adminAttributes }: Revision,
): Promise<DatedAccount> {
  if (status === account.status && isDeepStrictEqual(adminAttributes, account.adminAttributes)) return account;
  const revised = { ...account, status, adminAttributes, revision: account.revision + 1 };
  await saveNextRevision(tx, outbox, revised, traceparent);
  await recordRevision(tx, actorId, account, revised);
  return revised;
}

async function recordRevision(
  tx: SqlClient,
  actorId: string | null,
  before: DatedAccount,
  after: DatedAccount,
): Promise<void> {
  const status = changedFields({ status: before.status }, { status: after.status });
  const attributes = changedFields(before.adminAttributes, after.adminAttributes);
  const hidden = new Set(await findPrivateAttributes(tx));
  const side = (of: 'before' | 'after') =>
    decideShownValues({ ...status?.[of], ...(attributes && { adminAttributes: attributes[of] }) }, hidden);
  const sides = { before: side('before'), after: side('after') };
  const about = { accountId: after.id, actorId, code: 'directory.account', details: {} };
  await writeRecords(tx, [{ eventId: randomUUID(), kind: 'settings', ...about, ...sides }]);
}
