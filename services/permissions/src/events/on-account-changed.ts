import { type SqlClient, subscription } from '@sandgate/messaging';
import type { AppliedWait } from '../accounts/await-applied.js';
import { takeOver } from '../accounts/take-over.js';

/** Takes over status, attributes and claimed groups, and wakes who waits for them. */
export const onAccountChanged = (applied: AppliedWait) =>
  subscription<'permissions.on-account-changed', SqlClient>({
    name: 'permissions.on-account-changed',
    newestPer: ({ accountId, revision }) => ({ key: accountId, version: revision }),
    handle: (batch, { tx }) =>
      takeOver(
        tx,
        batch.map(({ data }) => data),
      ),
    committed: (batch) => {
      for (const { data } of batch)
        applied.announce(data.accountId, { accountRevision: data.revision, claimsVersion: data.claimsVersion });
    },
  });
