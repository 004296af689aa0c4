import type { EventData, UserLoggedIn } from '@sandgate/contracts';
import { nextTraceparent, type ReceivedEvent, type SqlClient } from '@sandgate/messaging';
import { decideProvisioning } from './decide-provisioning.js';
import { lockForProvisioning, type ProvisionedAccount, type SignIn, saveProvisioned } from './provisioning-store.js';

/**
 * Applies sign-ins, at most one per account, in two statements however many there are. Accounts with newer claims change and are
 * announced; the others only keep when they were last seen. Safe to repeat, late and out of order.
 */
export async function provisionAccounts(
  signIns: readonly ReceivedEvent<EventData<typeof UserLoggedIn>>[],
  tx: SqlClient,
): Promise<void> {
  const known = await lockForProvisioning(
    tx,
    signIns.map(({ data }) => data.accountId),
  );
  const changed: ProvisionedAccount[] = [];
  const unchanged: SignIn[] = [];
  for (const { data, time, traceparent } of signIns) {
    const account = decideProvisioning(data, known.get(data.accountId));
    if (account) changed.push({ account, signedInAt: time, traceparent: nextTraceparent(traceparent) });
    else unchanged.push({ id: data.accountId, signedInAt: time });
  }
  await saveProvisioned(tx, { changed, unchanged });
}
