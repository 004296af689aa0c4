import { type Ask, describeMemberships, getAccount } from '@sandgate/contracts';
import { route } from '@sandgate/service-kit';
import { detailsOf } from '../accounts/account-view.js';
import type { AccountReader } from '../accounts/read-account.js';

/** The groups are those that follow from the claims shown: permissions waits for them, or the answer is 503. */
export const getAccountRoute = ({ accounts, ask }: { accounts: AccountReader; ask: Ask }) =>
  route(getAccount, async ({ params }) => {
    const account = await accounts.get(params.id);
    const { groups } = await ask(describeMemberships, { accountId: account.id, claimsVersion: account.claimsVersion });
    return detailsOf(account, groups);
  });
