import { deleteGroup } from '@sandgate/contracts';
import type { Database } from '@sandgate/messaging';
import { type AnyRoute, authorOf, Reply, route } from '@sandgate/service-kit';
import { deleteGroup as remove } from '../groups/change-group.js';
import { previewDeleteGroup } from '../preview/preview-policy-changes.js';

export const deleteGroupRoute = (database: Database): AnyRoute =>
  route(deleteGroup, async ({ params: { id }, query: { dryRun }, ...context }) => {
    if (dryRun) return new Reply({ status: 200, body: await previewDeleteGroup(database, id, authorOf(context)) });
    await remove(database, id, authorOf(context));
    return undefined;
  });
