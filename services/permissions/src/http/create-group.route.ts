import { createGroup } from '@sandgate/contracts';
import type { Database } from '@sandgate/messaging';
import { type AnyRoute, authorOf, Reply, route } from '@sandgate/service-kit';
import { createGroup as create } from '../groups/change-group.js';
import { previewCreateGroup } from '../preview/preview-policy-changes.js';

export const createGroupRoute = (database: Database): AnyRoute =>
  route(createGroup, async ({ query: { dryRun }, body: { name }, ...context }) => {
    if (!dryRun) return create(database, name, authorOf(context));
    return new Reply({ status: 200, body: await previewCreateGroup(database, name, authorOf(context)) });
  });
