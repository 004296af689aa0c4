import { listAdministrators } from '@sandgate/contracts';
import type { Database } from '@sandgate/messaging';
import { type Answer, answer } from '@sandgate/service-kit';
import { findAdministrators } from '../accounts/account-store.js';

export const answerListAdministrators = (database: Database): Answer =>
  answer(listAdministrators, async () => ({ accountIds: await findAdministrators(database) }));
