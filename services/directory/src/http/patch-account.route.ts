import { patchAccount } from '@sandgate/contracts';
import { authorOf, Reply, route } from '@sandgate/service-kit';
import { detailsOf } from '../accounts/account-view.js';
import type { ChangeAccount } from '../accounts/change-account.js';

export const patchAccountRoute = (change: ChangeAccount) =>
  route(patchAccount, async ({ params, body, ...context }) => {
    const { account, groups, pending } = await change(params.id, body, authorOf(context));
    return new Reply({
      status: pending.length > 0 ? 202 : 200,
      body: { ...detailsOf(account, groups), pending: [...pending] },
    });
  });
