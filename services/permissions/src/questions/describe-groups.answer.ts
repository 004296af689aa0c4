import { describeGroups } from '@sandgate/contracts';
import type { Database } from '@sandgate/messaging';
import { type Answer, answer } from '@sandgate/service-kit';
import { findGroups } from '../groups/group-store.js';

export const answerDescribeGroups = (database: Database): Answer =>
  answer(describeGroups, async ({ groupIds }) => ({ groups: [...(await findGroups(database, groupIds)).values()] }));
