import { removeMember } from '@sandgate/contracts';
import type { Database } from '@sandgate/messaging';
import { type AnyRoute, authorOf, route } from '@sandgate/service-kit';
import { removeMember as remove } from '../groups/change-membership.js';

export const removeMemberRoute = (database: Database): AnyRoute =>
  route(removeMember, ({ params: { id: groupId, accountId }, ...context }) =>
    remove(database, { groupId, accountId }, authorOf(context)),
  );
