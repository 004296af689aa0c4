import { z } from 'zod';
import { ProviderName } from '../claims.js';
import { defineEvent } from './define-event.js';

/** Published by auth about once a second for what it refused meanwhile: one for each source, reason and account, however many refusals there were. */
export const SignInRefused = defineEvent({
  name: 'SignInRefused',
  type: 'auth.sign-in-refused.v1',
  source: 'auth',
  summary:
    'Sign-ins were refused: how many from one source for one reason within about a second. Each event counts refusals of its own; none replaces another.',
  maxBytes: 16 * 1024,
  data: z.strictObject({
    /** Reason code of the catalogue. */
    code: z.string().max(100),
    /** Null where it is not known which provider was meant. */
    provider: ProviderName.nullable(),
    /** Whose account it would have opened; absent where that is not known. */
    accountId: z.uuid().optional(),
    /** Client address; of IPv6 the network. `others` stands for those that were too many to be kept apart. */
    source: z.string().max(64),
    count: z.int().positive(),
    firstAt: z.iso.datetime(),
    lastAt: z.iso.datetime(),
  }),
});
