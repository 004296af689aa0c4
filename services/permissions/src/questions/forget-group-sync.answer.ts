import { forgetGroupSync as question } from '@sandgate/contracts';
import type { Database } from '@sandgate/messaging';
import { type Answer, answer } from '@sandgate/service-kit';
import { forgetGroupSync } from '../group-sync/change-group-sync.js';

export const answerForgetGroupSync = (database: Database): Answer =>
  answer(question, async ({ provider, ...by }) => {
    await forgetGroupSync(database, provider, by);
    return {};
  });
