import { putGroupSync } from '@sandgate/contracts';
import type { Database } from '@sandgate/messaging';
import { type AnyRoute, route } from '@sandgate/service-kit';
import { changeGroupSync } from '../group-sync/change-group-sync.js';

export const putGroupSyncRoute = (database: Database): AnyRoute =>
  route(putGroupSync, ({ body }) => changeGroupSync(database, 'jwt', body));
