import { putDataPermissions } from '@sandgate/contracts';
import type { Database } from '@sandgate/messaging';
import { type AnyRoute, authorOf, route } from '@sandgate/service-kit';
import { setDataPermissions } from '../data-permissions/set-data-permissions.js';

export const putDataPermissionsRoute = (database: Database): AnyRoute =>
  route(putDataPermissions, ({ body, ...context }) => setDataPermissions(database, body.entries, authorOf(context)));
