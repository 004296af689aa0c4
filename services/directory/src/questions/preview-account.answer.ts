import { previewAccount as question } from '@sandgate/contracts';
import type { SqlClient } from '@sandgate/messaging';
import { type Answer, answer } from '@sandgate/service-kit';
import { previewAccount } from '../preview/preview-account.js';

export const previewAccountAnswer = (database: SqlClient): Answer =>
  answer(question, (claims) => previewAccount(database, claims));
