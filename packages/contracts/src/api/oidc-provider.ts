import { z } from 'zod';
import { StorableText } from '../attribute.js';
import { ProviderName } from '../claims.js';
import { ClaimName, DomainName, isProviderAddress } from './provider-settings.js';

/** The characters of a client id, a secret and a scope (RFC 6749 appendix A.1, A.2, A.4). */
const visible = /^[\u0020-\u007e]+$/;

export const OidcProviderSettings = z.strictObject({
  enabled: z.boolean(),
  /** The provider's `iss`, below which its discovery document lies (OpenID Connect Discovery 1.0 section 4), or the address of that document itself. */
  issuer: StorableText.max(1024).refine(isProviderAddress, 'must be an https address, or http on this machine'),
  clientId: z.string().max(255).regex(visible),
  /** Proof Key for Code Exchange with S256 (RFC 7636). Off only for a provider that refuses it. */
  pkce: z.boolean(),
  /** Separated by spaces; `openid` is one of them. */
  scopes: z
    .string()
    .max(1024)
    .regex(/^[!#-[\]-~]+(?: [!#-[\]-~]+)*$/)
    .refine((scopes) => scopes.split(' ').includes('openid'), 'must contain openid'),
  emailClaim: ClaimName,
  firstNameClaim: ClaimName,
  lastNameClaim: ClaimName,
  groupsClaim: ClaimName,
  /** Whether a sign-in may create an account. */
  userProvisioning: z.boolean(),
  /** Domains for whose e-mail addresses the provider is believed. */
  trustedDomains: z.array(DomainName).max(100),
});
export type OidcProviderSettings = z.infer<typeof OidcProviderSettings>;

const kind = z.literal('oidc');
/** Write-only. Null for a client without one, which needs PKCE. */
const ClientSecret = z.string().max(1024).regex(visible).nullable();

export const NewOidcProvider = z.strictObject({
  name: ProviderName,
  kind,
  settings: z.strictObject({
    ...OidcProviderSettings.partial().required({ issuer: true, clientId: true }).shape,
    clientSecret: ClientSecret.optional(),
  }),
});

/** As it was read, so that it can be put back; the other members change nothing, and a secret that is left out stays. */
export const OidcProviderChange = z.strictObject({
  kind,
  ...OidcProviderSettings.partial().shape,
  clientSecret: ClientSecret.optional(),
  name: z.unknown().optional(),
  hasClientSecret: z.unknown().optional(),
  redirectUri: z.unknown().optional(),
});

export const OidcProvider = z.strictObject({
  name: ProviderName,
  kind,
  ...OidcProviderSettings.shape,
  /** Whether there is a secret; never which. */
  hasClientSecret: z.boolean(),
  /** Where the provider sends the browser back to; it has to be entered there. */
  redirectUri: z.url(),
});
