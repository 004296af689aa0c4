import { previewAccess as question } from '@sandgate/contracts';
import type { Database } from '@sandgate/messaging';
import { type Answer, answer } from '@sandgate/service-kit';
import { previewAccess } from '../preview/preview-access.js';

export const answerPreviewAccess = (database: Database): Answer =>
  answer(question, (state) => previewAccess(database, state));
