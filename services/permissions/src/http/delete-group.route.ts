import { deleteGroup } from '@sandgate/contracts';
import type { Database } from '@sandgate/messaging';
import { type AnyRoute, authorOf, route } from '@sandgate/service-kit';
import { deleteGroup as remove } from '../groups/change-group.js';

export const deleteGroupRoute = (database: Database): AnyRoute =>
  route(deleteGroup, ({ params, ...context }) => remove(database, params.id, authorOf(context)));
