import { z } from 'zod';
import { AccountChanged } from '../events/account-changed.v1.js';
import { UserLoggedIn } from '../events/user-logged-in.v1.js';
import { defineQuestion } from './define-question.js';

/** What directory would announce of an account if it were told of this sign-in, and what it last announced; null of an account that it does not know. */
export const previewAccount = defineQuestion({
  name: 'directory.preview-account',
  answeredBy: 'directory',
  isIdempotent: true,
  input: UserLoggedIn.data,
  output: z.strictObject({ before: AccountChanged.data.nullable(), after: AccountChanged.data }),
});
