import { addMember } from '@sandgate/contracts';
import type { Database } from '@sandgate/messaging';
import { type AnyRoute, authorOf, Reply, route } from '@sandgate/service-kit';
import { addMember as add } from '../groups/change-membership.js';
import { previewAddMember } from '../preview/preview-policy-changes.js';

export const addMemberRoute = (database: Database): AnyRoute =>
  route(addMember, async ({ params: { id: groupId, accountId }, query: { dryRun }, ...context }) => {
    const key = { groupId, accountId };
    if (dryRun) return new Reply({ status: 200, body: await previewAddMember(database, key, authorOf(context)) });
    await add(database, key, authorOf(context));
    return undefined;
  });
