import { addMember } from '@sandgate/contracts';
import type { Database } from '@sandgate/messaging';
import { type AnyRoute, authorOf, route } from '@sandgate/service-kit';
import { addMember as add } from '../groups/change-membership.js';

export const addMemberRoute = (database: Database): AnyRoute =>
  route(addMember, ({ params: { id: groupId, accountId }, ...context }) =>
    add(database, { groupId, accountId }, authorOf(context)),
  );
