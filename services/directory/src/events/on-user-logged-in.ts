import { type SqlClient, subscription } from '@sandgate/messaging';
import { provisionAccounts } from '../provisioning/provision-accounts.js';

/** Makes and updates accounts from what the providers say, and records each sign-in, so that it needs every event. */
export const onUserLoggedIn = () =>
  subscription<'directory.on-user-logged-in', SqlClient>({
    name: 'directory.on-user-logged-in',
    isAtomic: true,
    handle: async (batch, { tx, wrote }) => wrote(await provisionAccounts(batch, tx)),
  });
