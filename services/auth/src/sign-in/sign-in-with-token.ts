import { Failure } from '@sandgate/contracts';
import type { Logger } from '@sandgate/service-kit';
import type { CurrentProviders, Providers } from '../providers/current-providers.js';
import type { KeyUses } from '../providers/key-uses.js';
import { refusedFor } from '../refusals/refused-sign-in.js';
import { hashPreviousSession, hashSessionToken, mintSessionToken } from '../sessions/session-token.js';
import { reportDropped } from './report-dropped.js';
import type { NewSignIn, SignInOutcome } from './sign-in-store.js';
import { type TokenOfProvider, type VerifiedByProvider, verifyByProvider } from './verify-by-provider.js';
import { whileSettingsChange } from './while-settings-change.js';

export interface TokenSignIn extends TokenOfProvider {
  /** The session is over when the token is, where it would last longer. */
  readonly endsWithToken?: true;
  /** The session that the browser had. */
  readonly previousSession: string | undefined;
  /** Where it comes from. */
  readonly source: string;
  /** Refuse under the settings in memory, whether or not there are newer ones. */
  readonly underKnownSettings?: boolean;
  readonly traceparent: string;
  readonly log: Logger;
}

/** Times in seconds since 1970. */
export interface OpenedSession {
  readonly token: string;
  readonly issuedAt: number;
  readonly endsAt: number;
}

interface Dependencies {
  readonly providers: CurrentProviders;
  readonly keyUses: KeyUses;
  readonly store: (signIn: NewSignIn) => Promise<SignInOutcome>;
  /** The longest that a session lasts. */
  readonly sessionSeconds: number;
}

/**
 * Signs in with a token and answers the session. Throws `auth.sso_disabled`, else `auth.sign_in_refused` with the reason as its cause.
 * A refusal is only given under the newest settings, unless asked otherwise: a key that was added on another instance a moment ago works at once.
 */
export function signInWithToken(dependencies: Dependencies): (request: TokenSignIn) => Promise<OpenedSession> {
  const { providers } = dependencies;
  return async (request) => {
    let settings = await providers.known();
    return whileSettingsChange(async () => {
      const { refusal, session } = await tryUnder(settings, request, dependencies);
      if (session !== undefined) return session;
      if (refusal && request.underKnownSettings) throw refusal;
      const newest = await providers.newest();
      if (refusal && newest.revision === settings.revision) throw refusal;
      settings = newest;
      return undefined;
    });
  };
}

/** Either a session, or a refusal, or neither: the settings are stale. */
async function tryUnder(
  settings: Providers,
  request: TokenSignIn,
  { store, keyUses, sessionSeconds }: Dependencies,
): Promise<{ session?: OpenedSession; refusal?: Failure }> {
  const known = await verify(settings, request);
  if (known instanceof Failure) return { refusal: known };
  const { provider, verified } = known;
  const token = mintSessionToken();
  const now = Math.floor(Date.now() / 1000);
  const endsAt = request.endsWithToken ? Math.min(verified.endsAt, now + sessionSeconds) : undefined;
  const outcome = await store({
    provider,
    keyId: verified.keyId,
    verified,
    revision: settings.revision,
    sessionEndsAt: endsAt,
    sessionHash: hashSessionToken(token),
    previousSessionHash: hashPreviousSession(request.previousSession),
    traceparent: request.traceparent,
  });
  if ('refusal' in outcome) {
    const { refusal, accountId } = outcome;
    return refusal === 'stale' ? {} : { refusal: refusedFor(new Failure(refusal), { provider, accountId }) };
  }
  keyUses.note(verified.keyId);
  reportDropped(verified, outcome.accountId, request);
  return { session: { token, issuedAt: verified.issuedAt ?? now, endsAt: endsAt ?? now + sessionSeconds } };
}

async function verify(settings: Providers, token: TokenOfProvider): Promise<VerifiedByProvider | Failure> {
  try {
    return await verifyByProvider(token, settings.all, Date.now() / 1000);
  } catch (error) {
    if (!(error instanceof Failure)) throw error;
    return error.code === 'auth.sso_disabled' ? error : refusedFor(error);
  }
}
