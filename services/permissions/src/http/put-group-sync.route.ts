import { putGroupSync } from '@sandgate/contracts';
import type { Database } from '@sandgate/messaging';
import { type AnyRoute, authorOf, route } from '@sandgate/service-kit';
import { changeGroupSync } from '../group-sync/change-group-sync.js';

export const putGroupSyncRoute = (database: Database): AnyRoute =>
  route(putGroupSync, ({ body, ...context }) => changeGroupSync(database, 'jwt', body, authorOf(context)));
