import { z } from 'zod';
import { AttributeName } from '../attribute.js';
import { TableId } from '../catalogue.js';
import { PersonName } from '../claims.js';
import { DenialReason } from '../decision.js';
import { EffectiveAttribute } from '../events/account-changed.v1.js';
import { VisibleCount } from '../questions/dashboard.js';
import { Membership } from '../questions/permissions.js';
import { defineEndpoint } from './define-endpoint.js';

const AttributeChange = z.strictObject({
  name: AttributeName,
  before: EffectiveAttribute.optional(),
  after: EffectiveAttribute.optional(),
});

/** What the signed-in person would see of a table. `rows` is absent where the access is denied. */
const PreviewedTable = z.strictObject({
  id: TableId,
  database: z.string(),
  schema: z.string(),
  name: z.string(),
  access: z.enum(['unrestricted', 'sandboxed', 'denied']),
  reason: DenialReason.optional(),
  /** Names of attributes and columns that are missing or do not fit. */
  attributes: z.array(z.string()),
  columns: z.array(z.string()),
  rows: VisibleCount.optional(),
});

const RefusedToken = z.strictObject({
  accepted: z.literal(false),
  /** The true reason, one of the error catalogue: whoever presents the token at /auth/sso is told none. */
  code: z.string(),
  message: z.string(),
  remedy: z.string(),
});

const AcceptedToken = z.strictObject({
  accepted: z.literal(true),
  /** It was used within the last seconds: it would open another session and change nothing. */
  repeated: z.boolean(),
  /** False where the account has signed in with a newer token already: this one would sign in, and its claims not be taken. */
  claimsTaken: z.boolean(),
  /** Names of the claims that cannot be stored. */
  droppedClaims: z.array(z.string()),
  account: z.strictObject({
    /** Null for one that the sign-in would create. */
    id: z.uuid().nullable(),
    email: z.string(),
    firstName: z.strictObject({ before: PersonName, after: PersonName }),
    lastName: z.strictObject({ before: PersonName, after: PersonName }),
  }),
  /** Of the attributes that count, those of the administrator among them. */
  attributes: z.strictObject({
    created: z.array(AttributeChange),
    changed: z.array(AttributeChange),
    removed: z.array(AttributeChange),
    kept: z.array(AttributeChange),
  }),
  memberships: z.strictObject({
    added: z.array(Membership),
    removed: z.array(Membership),
    kept: z.array(Membership),
  }),
  /** Every table of the catalogue. */
  tables: z.array(PreviewedTable),
});

/** Nothing is used up, created, changed, announced or recorded; what it says holds for the moment of the answer. */
export const dryRunToken = defineEndpoint({
  method: 'post',
  path: '/api/providers/{provider}/dry-run',
  owner: 'auth',
  access: 'administrator',
  summary:
    'What a token would do: whether it is accepted, what would change, what the person would see; leaves no trace',
  params: z.strictObject({ provider: z.string().max(64) }),
  body: z.strictObject({ jwt: z.string().max(65_536) }),
  response: z.discriminatedUnion('accepted', [RefusedToken, AcceptedToken]),
  errors: ['auth.provider_not_found', 'service.unavailable'],
});
