import { listAccounts } from '@sandgate/contracts';
import type { SqlClient } from '@sandgate/messaging';
import { route } from '@sandgate/service-kit';
import { findAccountPage } from '../accounts/account-store.js';
import { summaryOf } from '../accounts/account-view.js';

export const listAccountsRoute = (database: SqlClient) =>
  route(listAccounts, async ({ query }) => {
    const { data, total } = await findAccountPage(database, query);
    return { data: data.map(summaryOf), total };
  });
