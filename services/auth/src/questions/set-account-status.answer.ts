import { Failure, setAccountStatus } from '@sandgate/contracts';
import { type Answer, answer } from '@sandgate/service-kit';
import type { AccountStore } from '../accounts/account-store.js';

export const setAccountStatusAnswer = (accounts: AccountStore): Answer =>
  answer(setAccountStatus, async ({ accountId, status }) => {
    const isKnown = await accounts.setStatus(accountId, status);
    if (!isKnown) throw new Failure('directory.account_not_found');
    return {};
  });
