import { patchAccount } from '@sandgate/contracts';
import { Reply, route } from '@sandgate/service-kit';
import { detailsOf } from '../accounts/account-view.js';
import type { ChangeAccount } from '../accounts/change-account.js';

export const patchAccountRoute = (change: ChangeAccount) =>
  route(patchAccount, async ({ params, body, caller, traceparent }) => {
    const { account, groups, pending } = await change(params.id, body, { actorId: caller.accountId, traceparent });
    return new Reply({
      status: pending.length > 0 ? 202 : 200,
      body: { ...detailsOf(account, groups), pending: [...pending] },
    });
  });
