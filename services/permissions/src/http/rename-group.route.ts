import { renameGroup } from '@sandgate/contracts';
import type { Database } from '@sandgate/messaging';
import { type AnyRoute, authorOf, route } from '@sandgate/service-kit';
import { renameGroup as rename } from '../groups/change-group.js';
import { previewRenameGroup } from '../preview/preview-policy-changes.js';

export const renameGroupRoute = (database: Database): AnyRoute =>
  route(renameGroup, ({ params: { id }, query: { dryRun }, body: { name }, ...context }) =>
    (dryRun ? previewRenameGroup : rename)(database, id, name, authorOf(context)),
  );
