import { listGroups } from '@sandgate/contracts';
import type { Database } from '@sandgate/messaging';
import { type AnyRoute, route } from '@sandgate/service-kit';
import { findGroupPage } from '../groups/group-store.js';

export const listGroupsRoute = (database: Database): AnyRoute =>
  route(listGroups, ({ query }) => findGroupPage(database, query));
