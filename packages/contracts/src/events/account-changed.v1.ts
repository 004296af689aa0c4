import { z } from 'zod';
import { AttributeName, AttributeValue } from '../attribute.js';
import { AccountStatus, ClaimedGroups, PersonName } from '../claims.js';
import { defineEvent } from './define-event.js';

export const EffectiveAttribute = z.strictObject({ value: AttributeValue, source: z.enum(['token', 'admin']) });
export type EffectiveAttribute = z.infer<typeof EffectiveAttribute>;

/** Published by directory for every new claims version and for every change by an administrator: the whole account. */
export const AccountChanged = defineEvent({
  name: 'AccountChanged',
  type: 'directory.account-changed.v1',
  source: 'directory',
  summary: 'An account changed. Carries the whole account; an event with an older revision may be skipped.',
  maxBytes: 256 * 1024,
  data: z.strictObject({
    accountId: z.uuid(),
    /** Raised by every change of the account, whatever its cause; guards the consumer. */
    revision: z.int().positive(),
    /** The claims version that this state includes. */
    claimsVersion: z.int().positive(),
    status: AccountStatus,
    email: z.string().max(254),
    firstName: PersonName,
    lastName: PersonName,
    /** Effective attributes with the source of each. */
    attributes: z.record(AttributeName, EffectiveAttribute),
    groups: z.array(ClaimedGroups),
    firstAdministrator: z.boolean(),
  }),
});
