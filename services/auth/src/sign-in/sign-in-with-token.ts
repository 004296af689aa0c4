import { Failure } from '@sandgate/contracts';
import type { Outbox } from '@sandgate/messaging';
import type { Logger } from '@sandgate/service-kit';
import type { CurrentProviders, Providers } from '../providers/current-providers.js';
import type { KeyUses } from '../providers/key-uses.js';
import { hashSessionToken, mintSessionToken } from '../sessions/session-token.js';
import { reportDropped } from './report-dropped.js';
import type { NewSignIn, SignInOutcome } from './sign-in-store.js';
import { type TokenOfProvider, type VerifiedByProvider, verifyByProvider } from './verify-by-provider.js';

export interface TokenSignIn extends TokenOfProvider {
  /** The session that the browser had. */
  readonly previousSession: string | undefined;
  /** Where it comes from. */
  readonly source: string;
  /** Refuse under the settings in memory, whether or not there are newer ones. */
  readonly underKnownSettings?: boolean;
  readonly traceparent: string;
  readonly log: Logger;
}

interface Dependencies {
  readonly providers: CurrentProviders;
  readonly keyUses: KeyUses;
  readonly store: (signIn: NewSignIn) => Promise<SignInOutcome>;
  readonly outbox: Outbox;
}

/** How often settings may change under one sign-in. */
const maxAttempts = 10;

/**
 * Signs in with a token and answers the session token. Throws `auth.sso_disabled`, else `auth.sign_in_refused` with the reason as its cause.
 * A refusal is only given under the newest settings, unless asked otherwise: a key that was added on another instance a moment ago works at once.
 */
export function signInWithToken({
  providers,
  keyUses,
  store,
  outbox,
}: Dependencies): (request: TokenSignIn) => Promise<string> {
  return async (request) => {
    let settings = await providers.known();
    for (let attempt = 1; attempt <= maxAttempts; attempt += 1) {
      const { refusal, session } = await tryUnder(settings, request, { store, keyUses });
      if (session !== undefined) {
        outbox.wake();
        return session;
      }
      if (refusal && request.underKnownSettings) throw refusal;
      const newest = await providers.newest();
      if (refusal && newest.revision === settings.revision) throw refusal;
      settings = newest;
    }
    throw new Failure('service.unavailable');
  };
}

/** Either a session, or a refusal, or neither: the settings are stale. */
async function tryUnder(
  settings: Providers,
  request: TokenSignIn,
  { store, keyUses }: Pick<Dependencies, 'store' | 'keyUses'>,
): Promise<{ session?: string; refusal?: Failure }> {
  const known = await verify(settings, request);
  if (known instanceof Failure) return { refusal: known };
  const { provider, verified } = known;
  const session = mintSessionToken();
  const outcome = await store({
    provider,
    verified,
    revision: settings.revision,
    sessionHash: hashSessionToken(session),
    previousSessionHash: request.previousSession === undefined ? undefined : hashSessionToken(request.previousSession),
    traceparent: request.traceparent,
  });
  if ('refusal' in outcome)
    return outcome.refusal === 'stale' ? {} : { refusal: refusedFor(new Failure(outcome.refusal)) };
  keyUses.note(verified.keyId);
  reportDropped(verified, outcome.accountId, request);
  return { session };
}

async function verify(settings: Providers, token: TokenOfProvider): Promise<VerifiedByProvider | Failure> {
  try {
    return await verifyByProvider(token, settings.all, Date.now() / 1000);
  } catch (error) {
    if (!(error instanceof Failure)) throw error;
    return error.code === 'auth.sso_disabled' ? error : refusedFor(error);
  }
}

/** One answer for all reasons; the log names the one that it was. */
const refusedFor = (reason: Failure): Failure => new Failure('auth.sign_in_refused', { cause: reason });
