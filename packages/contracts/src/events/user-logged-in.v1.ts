import { z } from 'zod';
import { Attributes } from '../attribute.js';
import { ClaimedGroups, PersonName, ProviderName } from '../claims.js';
import { defineEvent } from './define-event.js';

/** Published for every accepted sign-in, and when the operator sets the first administrator. Holds everything that the providers last said of the account. */
export const UserLoggedIn = defineEvent({
  name: 'UserLoggedIn',
  type: 'auth.user-logged-in.v1',
  source: 'auth',
  summary:
    'A person signed in. Carries all claims of the account; an event with an older claims version may be skipped.',
  maxBytes: 256 * 1024,
  data: z.strictObject({
    accountId: z.uuid(),
    /** Raised whenever the claims change; guards the consumer. */
    claimsVersion: z.int().positive(),
    /** Canonical. */
    email: z.string().max(254),
    firstName: PersonName,
    lastName: PersonName,
    /** What the providers said; replaced as a whole. */
    attributes: Attributes,
    groups: z.array(ClaimedGroups),
    /** The operator named this account as the first administrator. */
    firstAdministrator: z.boolean(),
    /** The provider by which the person has just signed in; absent where no sign-in is the cause. */
    signedInBy: ProviderName.optional(),
  }),
});
