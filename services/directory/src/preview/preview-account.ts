import type { AccountChanged, EventData, UserLoggedIn } from '@sandgate/contracts';
import type { SqlClient } from '@sandgate/messaging';
import { announcementOf } from '../accounts/account.js';
import { findAccounts } from '../accounts/account-store.js';
import { decideProvisioning } from '../provisioning/decide-provisioning.js';

type State = EventData<typeof AccountChanged>;

/** What an account is, and what it would be after a sign-in, decided as for the event of one. Writes nothing. */
export async function previewAccount(
  database: SqlClient,
  claims: EventData<typeof UserLoggedIn>,
): Promise<{ before: State | null; after: State }> {
  const known = (await findAccounts(database, [claims.accountId])).get(claims.accountId);
  const before = known ? announcementOf(known) : null;
  const provisioned = decideProvisioning(claims, known);
  if (provisioned) return { before, after: announcementOf(provisioned) };
  if (before) return { before, after: before };
  throw new Error('a sign-in of an unknown account makes one');
}
