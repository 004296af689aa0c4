import { Failure } from '@sandgate/contracts';
import { isSameSecret } from '@sandgate/service-kit';
import { decodeProtectedHeader, EncryptJWT, errors, jwtDecrypt } from 'jose';
import { z } from 'zod';
import type { StoredOidcProvider } from './oidc-provider-store.js';

/**
 * What a browser keeps between leaving for a provider and coming back. It is sealed and of this browser, so that no instance has to
 * remember it, and nobody can be brought back with somebody else's code (RFC 9700 section 4.7).
 */
const PendingSignIn = z.strictObject({
  state: z.string(),
  nonce: z.string(),
  /** Absent where the provider does not know PKCE. */
  verifier: z.string().optional(),
  /** Checked before it was sealed. */
  returnTo: z.string(),
});
export type PendingSignIn = z.infer<typeof PendingSignIn>;

const Sealed = z.object({ pending: PendingSignIn, exp: z.int() });

const pendingSeconds = 600;
/** A browser keeps 4 KiB of a cookie and drops a longer one. */
const maxReturnToLength = 2048;
/** One for each tab that is on its way; more are those of somebody who turned back. */
const maxPending = 5;
const prefix = 'sandgate.SSO.';
/** A cookie for each state: a browser with several tabs signs in with all of them at once. */
const nameOf = (state: string): string => prefix + state.slice(0, 8);

/** The cookie of a sign-in that begins, and the removal of what too many earlier ones have left. */
export async function sealCookies(
  pending: PendingSignIn,
  provider: StoredOidcProvider,
  { siteUrl, held, now }: { siteUrl: string; held: ReadonlyMap<string, string>; now: number },
): Promise<string[]> {
  // Who follows so long an address is better off on the start page than turned away.
  const returnTo = pending.returnTo.length > maxReturnToLength ? '/' : pending.returnTo;
  const sealed = await new EncryptJWT({ pending: { ...pending, returnTo } })
    .setProtectedHeader({ alg: 'dir', enc: 'A256GCM', kid: provider.name })
    .setExpirationTime(Math.floor(now) + pendingSeconds)
    .encrypt(provider.stateKey);
  const left = [...held.keys()].filter((name) => name.startsWith(prefix));
  const removed = left.length < maxPending ? [] : left.map((name) => cookieHeader(name, '', 0, siteUrl));
  return [...removed, cookieHeader(nameOf(pending.state), sealed, pendingSeconds, siteUrl)];
}

export const removeCookie = (state: string, siteUrl: string): string => cookieHeader(nameOf(state), '', 0, siteUrl);

/** The cookie that may belong to a state, and the provider that it names. Nothing of it is verified. */
export function findCookie(
  held: ReadonlyMap<string, string>,
  state: string | undefined,
): { sealed: string; provider: string } {
  const sealed = state === undefined ? undefined : held.get(nameOf(state));
  const provider = sealed === undefined ? undefined : providerOf(sealed);
  if (sealed === undefined || provider === undefined) throw new Failure('auth.oidc_state_unknown');
  return { sealed, provider };
}

function providerOf(sealed: string): string | undefined {
  try {
    const { kid } = decodeProtectedHeader(sealed);
    return typeof kid === 'string' ? kid : undefined;
  } catch {
    return undefined;
  }
}

/** Opens what this provider's key has sealed for this state and is not over. Throws `auth.oidc_state_unknown`. */
export async function openCookie(
  sealed: string,
  { stateKey, state, now }: { stateKey: Uint8Array; state: string | undefined; now: number },
): Promise<{ pending: PendingSignIn; endsAt: number }> {
  try {
    const { payload } = await jwtDecrypt(sealed, stateKey, {
      keyManagementAlgorithms: ['dir'],
      contentEncryptionAlgorithms: ['A256GCM'],
      requiredClaims: ['exp'],
      currentDate: new Date(now * 1000),
    });
    const { pending, exp } = Sealed.parse(payload);
    if (state !== undefined && isSameSecret(state, pending.state)) return { pending, endsAt: exp };
  } catch (error) {
    if (!(error instanceof errors.JOSEError) && !(error instanceof z.ZodError)) throw error;
  }
  throw new Failure('auth.oidc_state_unknown');
}

/** Lax: it has to come along when another site leads the browser back here. */
function cookieHeader(name: string, value: string, maxAgeSeconds: number, siteUrl: string): string {
  const secure = siteUrl.startsWith('https:') ? '; Secure' : '';
  return `${name}=${value}; Path=/auth/sso; Max-Age=${maxAgeSeconds}; HttpOnly; SameSite=Lax${secure}`;
}
