import { z } from 'zod';
import { defineEndpoint } from './define-endpoint.js';

const owner = 'auth';
const access = 'administrator';
const ClaimName = z.string().min(1).max(128);

export const JwtProviderSettings = z.strictObject({
  enabled: z.boolean(),
  /** Where a browser without a session is sent. */
  identityProviderUri: z
    .url({ protocol: /^https?$/ })
    .max(2048)
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
  /** When set, `iss` must be exactly this (RFC 7519 section 4.1.1). */
  issuer: z.string().min(1).max(1024).nullable(),
  /** When set, `aud` must contain this (RFC 7519 section 4.1.3). */
  audience: z.string().min(1).max(1024).nullable(),
});
export type JwtProviderSettings = z.infer<typeof JwtProviderSettings>;

export const SigningKey = z.strictObject({
  id: z.string(),
  source: z.enum(['environment', 'generated']),
  createdAt: z.iso.datetime(),
});

const JwtProvider = z.strictObject({ ...JwtProviderSettings.shape, keys: z.array(SigningKey) });

export const getJwtProvider = defineEndpoint({
  method: 'get',
  path: '/api/providers/jwt',
  owner,
  access,
  summary: 'Settings of the JWT provider and its keys, without their secrets',
  response: JwtProvider,
});

/** A setting that is left out stays as it is; `keys` is taken as it was read and changes nothing. */
export const putJwtProvider = defineEndpoint({
  method: 'put',
  path: '/api/providers/jwt',
  owner,
  access,
  summary: 'Change the settings of the JWT provider; in force everywhere when answered',
  body: z.strictObject({ ...JwtProviderSettings.partial().shape, keys: z.unknown() }).partial(),
  response: JwtProvider,
  errors: ['auth.settings_invalid'],
});

export const createSigningKey = defineEndpoint({
  method: 'post',
  path: '/api/providers/jwt/keys',
  owner,
  access,
  summary: 'Generate a second signing key; the secret is shown this once',
  status: 201,
  response: z.strictObject({ ...SigningKey.shape, secret: z.string() }),
  errors: ['auth.key_limit'],
});

export const deleteSigningKey = defineEndpoint({
  method: 'delete',
  path: '/api/providers/jwt/keys/{id}',
  owner,
  access,
  summary: 'Delete a signing key; its tokens are refused from the answer on',
  params: z.strictObject({ id: z.string().max(64) }),
  status: 204,
  errors: ['auth.key_not_found', 'auth.key_from_environment'],
});
