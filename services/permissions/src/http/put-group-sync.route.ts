import { putGroupSync } from '@sandgate/contracts';
import type { Database } from '@sandgate/messaging';
import { type AnyRoute, authorOf, route } from '@sandgate/service-kit';
import { changeGroupSync } from '../group-sync/change-group-sync.js';
import { previewGroupSync } from '../preview/preview-policy-changes.js';

export const putGroupSyncRoute = (database: Database): AnyRoute =>
  route(putGroupSync, ({ query: { dryRun }, body, ...context }) =>
    dryRun
      ? previewGroupSync(database, 'jwt', body, authorOf(context))
      : changeGroupSync(database, 'jwt', body, authorOf(context)),
  );
