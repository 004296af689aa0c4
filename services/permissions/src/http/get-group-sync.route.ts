import { getGroupSync } from '@sandgate/contracts';
import type { Database } from '@sandgate/messaging';
import { type AnyRoute, route } from '@sandgate/service-kit';
import { getGroupSync as get } from '../group-sync/group-sync-store.js';

export const getGroupSyncRoute = (database: Database): AnyRoute =>
  route(getGroupSync, ({ params }) => get(database, params.provider));
