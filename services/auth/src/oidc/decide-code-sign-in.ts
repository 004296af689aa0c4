import { createHash } from 'node:crypto';
import { Failure, isStorableText, type OidcProviderSettings } from '@sandgate/contracts';
import { decideClaims } from '../sign-in/decide-claims.js';
import type { VerifiedSignIn } from '../sign-in/verify-token.js';
import type { OidcClaims } from './oidc-clients.js';

/**
 * Claims about the token or the session, which differ each time and say nothing about the person: of OpenID Connect beyond those that
 * `decideClaims` knows, of Keycloak, of Okta and of Entra ID.
 */
const transientClaims = new Set('email_verified session_state typ ver idp aio rh uti'.split(' '));

/** As many as a JWT may have. */
const maxClaims = 100;
/** How far the clocks of two machines may be apart; the library allows the same. */
const toleranceSeconds = 30;

/**
 * Decides what a verified answer of an OpenID Connect provider means: the person by `sub`, the claims as those of a JWT are mapped; the ID
 * token goes before userinfo. `state` is what makes the sign-in good once, until `endsAt`; all times in seconds.
 * Throws `auth.oidc_email_unverified` and the `auth.token_…` codes of `decideClaims`.
 */
export function decideCodeSignIn(
  { idToken, userInfo }: OidcClaims,
  settings: OidcProviderSettings,
  { state, endsAt, now }: { state: string; endsAt: number; now: number },
): VerifiedSignIn {
  const claims = new Map<string, unknown>(Object.entries({ ...userInfo, ...idToken }));
  if (claims.size > maxClaims) throw new Failure('auth.token_claims_malformed');
  // Some send the text. Without the claim the provider vouches as it does for everything else.
  if ([false, 'false'].includes(claims.get('email_verified') as never)) throw new Failure('auth.oidc_email_unverified');
  for (const name of transientClaims) claims.delete(name);
  const email = claims.get(settings.emailClaim);
  // Azure AD B2C has a list in `emails`.
  if (Array.isArray(email) && email.length === 1) claims.set(settings.emailClaim, email[0]);
  return {
    ...decideClaims(claims, settings),
    subject: subjectOf(idToken.sub),
    issuedAt: issuedAtOf(idToken.iat, now),
    token: {
      key: createHash('sha256').update(`oidc\0state\0${state}`).digest('hex'),
      once: true,
      rememberUntil: endsAt,
    },
  };
}

/** At most 255 characters (OpenID Connect Core 1.0 section 2). */
function subjectOf(sub: string): string {
  if (sub === '' || sub.length > 255 || !isStorableText(sub)) throw new Failure('auth.token_claim_invalid');
  return sub;
}

/** It orders the claims of one person, so that one from the future would silence all that follow. */
function issuedAtOf(iat: number, now: number): number {
  if (!Number.isSafeInteger(iat) || iat < 1) throw new Failure('auth.token_claim_invalid');
  if (iat > now + toleranceSeconds) throw new Failure('auth.token_not_yet_valid');
  return iat;
}
