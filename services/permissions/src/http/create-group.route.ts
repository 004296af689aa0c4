import { createGroup } from '@sandgate/contracts';
import type { Database } from '@sandgate/messaging';
import { type AnyRoute, authorOf, route } from '@sandgate/service-kit';
import { createGroup as create } from '../groups/change-group.js';

export const createGroupRoute = (database: Database): AnyRoute =>
  route(createGroup, ({ body, ...context }) => create(database, body.name, authorOf(context)));
