import { type SqlClient, subscription } from '@sandgate/messaging';
import { provisionAccounts } from '../provisioning/provision-accounts.js';

/** Makes and updates accounts from what the providers say, and records each sign-in, so that it needs every event. The frame wakes the outbox after the commit. */
export const onUserLoggedIn = () =>
  subscription<'directory.on-user-logged-in', SqlClient>({
    name: 'directory.on-user-logged-in',
    handle: (batch, { tx }) => provisionAccounts(batch, tx),
  });
