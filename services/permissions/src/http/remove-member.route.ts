import { removeMember } from '@sandgate/contracts';
import type { Database } from '@sandgate/messaging';
import { type AnyRoute, route } from '@sandgate/service-kit';
import { removeMember as remove } from '../groups/change-membership.js';

export const removeMemberRoute = (database: Database): AnyRoute =>
  route(removeMember, ({ params }) => remove(database, { groupId: params.id, accountId: params.accountId }));
