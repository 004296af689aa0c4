import { type SqlClient, subscription } from '@sandgate/messaging';
import { provisionAccounts } from '../provisioning/provision-accounts.js';

/** Makes and updates accounts from what the providers say. The frame wakes the outbox after the commit. */
export const onUserLoggedIn = () =>
  subscription<'directory.on-user-logged-in', SqlClient>({
    name: 'directory.on-user-logged-in',
    newestPer: ({ accountId, claimsVersion }) => ({ key: accountId, version: claimsVersion }),
    handle: (batch, { tx }) => provisionAccounts(batch, tx),
  });
