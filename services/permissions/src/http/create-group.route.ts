import { createGroup } from '@sandgate/contracts';
import type { Database } from '@sandgate/messaging';
import { type AnyRoute, route } from '@sandgate/service-kit';
import { createGroup as create } from '../groups/change-group.js';

export const createGroupRoute = (database: Database): AnyRoute =>
  route(createGroup, ({ body }) => create(database, body.name));
