import { putGroupSync } from '@sandgate/contracts';
import type { Database } from '@sandgate/messaging';
import { type AnyRoute, authorOf, route } from '@sandgate/service-kit';
import { changeGroupSync } from '../group-sync/change-group-sync.js';
import { previewGroupSync } from '../preview/preview-policy-changes.js';

export const putGroupSyncRoute = (database: Database): AnyRoute =>
  route(putGroupSync, ({ params: { provider }, query: { dryRun }, body, ...context }) =>
    dryRun
      ? previewGroupSync(database, provider, body, authorOf(context))
      : changeGroupSync(database, provider, body, authorOf(context)),
  );
