import { removeMember } from '@sandgate/contracts';
import type { Database } from '@sandgate/messaging';
import { type AnyRoute, authorOf, Reply, route } from '@sandgate/service-kit';
import { removeMember as remove } from '../groups/change-membership.js';
import { previewRemoveMember } from '../preview/preview-policy-changes.js';

export const removeMemberRoute = (database: Database): AnyRoute =>
  route(removeMember, async ({ params: { id: groupId, accountId }, query: { dryRun }, ...context }) => {
    const key = { groupId, accountId };
    if (dryRun) return new Reply({ status: 200, body: await previewRemoveMember(database, key, authorOf(context)) });
    await remove(database, key, authorOf(context));
    return undefined;
  });
