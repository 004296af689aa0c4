import { z } from 'zod';
import { isStorableText, StorableText } from '../attribute.js';
import { ProviderName } from '../claims.js';
import { DryRunQuery, WaysInPreview } from './change-preview.js';
import { defineEndpoint } from './define-endpoint.js';
import { listOf, Page } from './lists.js';
import { NewOidcProvider, OidcProvider, OidcProviderChange } from './oidc-provider.js';
import { ClaimName, DomainName, isProviderAddress } from './provider-settings.js';

const owner = 'auth';
const access = 'administrator';

export const JwtProviderSettings = z.strictObject({
  enabled: z.boolean(),
  /** Where a browser without a session is sent. */
  identityProviderUri: z
    .url({ protocol: /^https?$/ })
    .max(2048)
    .refine(isStorableText, 'must hold neither NUL nor lone surrogates')
    .nullable(),
  emailClaim: ClaimName,
  firstNameClaim: ClaimName,
  lastNameClaim: ClaimName,
  groupsClaim: ClaimName,
  /** Whether a sign-in may create an account. */
  userProvisioning: z.boolean(),
  /** A token is refused this many seconds after its `iat`. */
  maxTokenAgeSeconds: z.int().min(5).max(3600),
  requireJti: z.boolean(),
  /** When set, `iss` must be exactly this (RFC 7519 section 4.1.1). A provider that knows people gets no other one in its place. */
  issuer: StorableText.min(1).max(1024).nullable(),
  /** When set, `aud` must contain this (RFC 7519 section 4.1.3). */
  audience: StorableText.min(1).max(1024).nullable(),
  /**
   * Domains, without those under them, for which its e-mail addresses are believed: it links to accounts that are there. They are closed to providers
   * that are not believed.
   */
  trustedDomains: z.array(DomainName).max(100),
});
export type JwtProviderSettings = z.infer<typeof JwtProviderSettings>;

/** A shared secret is for HS256; what is public is for the others. */
const PublicKeyAlgorithm = z.enum(['RS256', 'ES256', 'EdDSA']);
export const SigningAlgorithm = z.enum(['HS256', ...PublicKeyAlgorithm.options]);
export type SigningAlgorithm = z.infer<typeof SigningAlgorithm>;

export const SigningKey = z.strictObject({
  id: z.string(),
  source: z.enum(['environment', 'generated', 'given']),
  algorithm: SigningAlgorithm,
  /** `secret` is HS256; `jwks` stands for all keys of the algorithm at `jwksUri`. */
  kind: z.enum(['secret', 'public-key', 'jwks']),
  publicKey: z.string().nullable(),
  jwksUri: z.string().nullable(),
  createdAt: z.iso.datetime(),
  /** To the minute. */
  lastUsedAt: z.iso.datetime().nullable(),
  /** Its tokens are refused from then on. */
  retireAt: z.iso.datetime().nullable(),
});
export type SigningKey = z.infer<typeof SigningKey>;

const JwtProvider = z.strictObject({
  name: ProviderName,
  kind: z.literal('jwt'),
  ...JwtProviderSettings.shape,
  keys: z.array(SigningKey),
});

export const Provider = z.discriminatedUnion('kind', [JwtProvider, OidcProvider]);
export type Provider = z.infer<typeof Provider>;

const NewProvider = z.discriminatedUnion('kind', [
  z.strictObject({ name: ProviderName, kind: z.literal('jwt'), settings: JwtProviderSettings.partial().optional() }),
  NewOidcProvider,
]);
export type NewProvider = z.infer<typeof NewProvider>;

/** As it was read, so that it can be put back; `name` and `keys` change nothing. */
const ProviderChange = z.discriminatedUnion('kind', [
  z.strictObject({
    kind: z.literal('jwt').optional(),
    ...JwtProviderSettings.partial().shape,
    name: z.unknown().optional(),
    keys: z.unknown().optional(),
  }),
  OidcProviderChange,
]);

const OfProvider = z.strictObject({ provider: StorableText.max(64) });
const OfKey = z.strictObject({ provider: StorableText.max(64), id: StorableText.max(64) });

export const listProviders = defineEndpoint({
  method: 'get',
  path: '/api/providers',
  owner,
  access,
  summary: 'Every provider, with its settings and keys, without secrets',
  query: z.strictObject(Page),
  response: listOf(Provider),
});

export const createProvider = defineEndpoint({
  method: 'post',
  path: '/api/providers',
  owner,
  access,
  summary: 'Add a provider; a setting that is left out has its default, which for `enabled` is false',
  query: DryRunQuery,
  status: 201,
  alsoStatus: 200,
  body: NewProvider,
  response: z.union([Provider, WaysInPreview]),
  errors: ['auth.provider_exists', 'auth.settings_invalid'],
});

export const getProvider = defineEndpoint({
  method: 'get',
  path: '/api/providers/{provider}',
  owner,
  access,
  summary: 'Settings of a provider and its keys, without their secrets',
  params: OfProvider,
  response: Provider,
  errors: ['auth.provider_not_found'],
});

/** A setting that is left out stays as it is. */
export const putProvider = defineEndpoint({
  method: 'put',
  path: '/api/providers/{provider}',
  owner,
  access,
  summary: 'Change the settings of a provider; in force everywhere when answered',
  params: OfProvider,
  query: DryRunQuery,
  body: ProviderChange,
  response: z.union([Provider, WaysInPreview]),
  errors: ['auth.provider_not_found', 'auth.settings_invalid', 'auth.issuer_in_use', 'auth.last_way_in'],
});

export const deleteProvider = defineEndpoint({
  method: 'delete',
  path: '/api/providers/{provider}',
  owner,
  access,
  summary:
    'Delete a provider with its keys, its sessions, its group synchronisation and all that it said of anybody; the accounts stay',
  params: OfProvider,
  query: DryRunQuery,
  status: 204,
  alsoStatus: 200,
  response: WaysInPreview.optional(),
  errors: ['auth.provider_not_found', 'auth.provider_built_in', 'auth.last_way_in'],
});

/** Without a body a secret is generated. */
const NewSigningKey = z
  .strictObject({
    algorithm: PublicKeyAlgorithm.optional(),
    /** PEM of a public key (RFC 7468 section 13). */
    publicKey: StorableText.max(16_384).optional(),
    /** Address of a JSON Web Key Set (RFC 7517 section 5). Only where the provider has an issuer and an audience. */
    jwksUri: StorableText.max(2048)
      .refine(isProviderAddress, 'must be an https address; http only on this machine')
      .optional(),
  })
  .refine(
    ({ algorithm, publicKey, jwksUri }) =>
      [publicKey, jwksUri].filter((one) => one !== undefined).length === (algorithm === undefined ? 0 : 1),
    'must be empty, or an algorithm with either publicKey or jwksUri',
  )
  .optional();
export type NewSigningKey = z.infer<typeof NewSigningKey>;

export const createSigningKey = defineEndpoint({
  method: 'post',
  path: '/api/providers/{provider}/keys',
  owner,
  access,
  summary:
    'Add a second signing key: a generated secret, which is shown this once, a public key, or the address of a key set',
  params: OfProvider,
  query: DryRunQuery,
  status: 201,
  alsoStatus: 200,
  body: NewSigningKey,
  response: z.union([z.strictObject({ ...SigningKey.shape, secret: z.string().optional() }), WaysInPreview]),
  errors: ['auth.provider_not_found', 'auth.key_limit', 'auth.settings_invalid'],
});

export const changeSigningKey = defineEndpoint({
  method: 'patch',
  path: '/api/providers/{provider}/keys/{id}',
  owner,
  access,
  summary: 'Set when a signing key retires; its tokens are refused everywhere from then on',
  params: OfKey,
  query: DryRunQuery,
  body: z.strictObject({ retireAt: z.iso.datetime().nullable() }),
  response: z.union([SigningKey, WaysInPreview]),
  errors: ['auth.provider_not_found', 'auth.key_not_found', 'auth.key_limit', 'auth.last_way_in'],
});

export const deleteSigningKey = defineEndpoint({
  method: 'delete',
  path: '/api/providers/{provider}/keys/{id}',
  owner,
  access,
  summary: 'Delete a signing key; its tokens are refused from the answer on',
  params: OfKey,
  query: DryRunQuery,
  status: 204,
  alsoStatus: 200,
  response: WaysInPreview.optional(),
  errors: ['auth.provider_not_found', 'auth.key_not_found', 'auth.key_from_environment', 'auth.last_way_in'],
});
