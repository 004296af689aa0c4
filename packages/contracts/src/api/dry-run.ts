import { z } from 'zod';
import { AttributeName, StorableText } from '../attribute.js';
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

/** What an ID token of an OpenID Connect provider says, as if it had been verified. */
const IdTokenClaims = z.looseObject({
  sub: z.string(),
  /** In seconds since 1970; now, where it is left out. */
  iat: z.int().optional(),
});

const OfProvider = z.strictObject({ provider: StorableText.max(64) });

/** Nothing is used up, created, changed, announced or recorded; what it says holds for the moment of the answer. */
export const dryRunSignIn = defineEndpoint({
  method: 'post',
  path: '/api/providers/{provider}/dry-run',
  owner: 'auth',
  access: 'administrator',
  summary:
    'What a token, or the claims of an OpenID Connect provider, would do: whether it is accepted, what would change, what the person would see; leaves no trace',
  params: OfProvider,
  body: z
    .strictObject({ jwt: z.string().max(65_536).optional(), claims: IdTokenClaims.optional() })
    .refine(({ jwt, claims }) => (jwt === undefined) !== (claims === undefined), 'must have either jwt or claims'),
  response: z.discriminatedUnion('accepted', [RefusedToken, AcceptedToken]),
  errors: ['auth.provider_not_found', 'auth.provider_of_another_kind', 'service.unavailable'],
});

const Address = z.string().nullable();

export const checkProvider = defineEndpoint({
  method: 'get',
  path: '/api/providers/{provider}/discovery',
  owner: 'auth',
  access: 'administrator',
  summary:
    'What an OpenID Connect provider says of itself right now, and what of that would keep people from signing in',
  params: OfProvider,
  response: z.strictObject({
    /** In words. Where there are none, sign-ins may still fail for what the provider does not publish: client id, secret, redirect address. */
    faults: z.array(z.string()),
    issuer: Address,
    authorizationEndpoint: Address,
    tokenEndpoint: Address,
    userinfoEndpoint: Address,
    jwksUri: Address,
    /** Whether PKCE with S256 is among what it knows; null where it does not say. */
    pkce: z.boolean().nullable(),
    /** Those that an ID token can be verified with. */
    keys: z.array(z.strictObject({ id: z.string().nullable(), algorithm: z.string() })),
  }),
  errors: ['auth.provider_not_found', 'auth.provider_of_another_kind'],
});
