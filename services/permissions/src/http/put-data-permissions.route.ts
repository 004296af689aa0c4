import { putDataPermissions } from '@sandgate/contracts';
import type { Database } from '@sandgate/messaging';
import { type AnyRoute, authorOf, route } from '@sandgate/service-kit';
import { setDataPermissions } from '../data-permissions/set-data-permissions.js';
import { previewDataPermissions } from '../preview/preview-policy-changes.js';

export const putDataPermissionsRoute = (database: Database): AnyRoute =>
  route(putDataPermissions, ({ query: { dryRun }, body: { entries }, ...context }) =>
    dryRun
      ? previewDataPermissions(database, entries, authorOf(context))
      : setDataPermissions(database, entries, authorOf(context)),
  );
