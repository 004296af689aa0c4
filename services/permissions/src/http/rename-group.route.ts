import { renameGroup } from '@sandgate/contracts';
import type { Database } from '@sandgate/messaging';
import { type AnyRoute, authorOf, route } from '@sandgate/service-kit';
import { renameGroup as rename } from '../groups/change-group.js';

export const renameGroupRoute = (database: Database): AnyRoute =>
  route(renameGroup, ({ params, body, ...context }) => rename(database, params.id, body.name, authorOf(context)));
