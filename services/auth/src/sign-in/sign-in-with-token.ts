import { Failure } from '@sandgate/contracts';
import { correlationIdOf, type Outbox } from '@sandgate/messaging';
import type { Logger } from '@sandgate/service-kit';
import type { CurrentProvider, Provider } from '../providers/current-provider.js';
import { hashSessionToken, mintSessionToken } from '../sessions/session-token.js';
import type { NewSignIn, SignInOutcome } from './sign-in-store.js';
import { type VerifiedSignIn, verifyToken } from './verify-token.js';

export interface TokenSignIn {
  readonly token: string;
  /** The session that the browser had. */
  readonly previousSession: string | undefined;
  readonly traceparent: string;
  readonly log: Logger;
}

interface Dependencies {
  readonly provider: CurrentProvider;
  readonly store: (signIn: NewSignIn) => Promise<SignInOutcome>;
  readonly outbox: Outbox;
}

/** How often settings may change under one sign-in. */
const maxAttempts = 3;

/**
 * Signs in with a token and answers the session token. Throws `auth.sso_disabled`, else `auth.sign_in_refused` with the reason as its cause.
 * A refusal is only given under the newest settings: a key that was added on another instance a moment ago works at once.
 */
export function signInWithToken({ provider, store, outbox }: Dependencies): (request: TokenSignIn) => Promise<string> {
  return async (request) => {
    let settings = await provider.known();
    for (let attempt = 1; attempt <= maxAttempts; attempt += 1) {
      const { refusal, session } = await tryUnder(settings, request, store);
      if (session !== undefined) {
        outbox.wake();
        return session;
      }
      const newest = await provider.newest();
      if (refusal && newest.revision === settings.revision) throw refusal;
      settings = newest;
    }
    throw new Failure('service.unavailable');
  };
}

/** Either a session, or a refusal, or neither: the settings are stale. */
async function tryUnder(
  settings: Provider,
  request: TokenSignIn,
  store: Dependencies['store'],
): Promise<{ session?: string; refusal?: Failure }> {
  const verified = await verify(settings, request.token);
  if (verified instanceof Failure) return { refusal: verified };
  const session = mintSessionToken();
  const outcome = await store({
    provider: 'jwt',
    verified,
    revision: settings.revision,
    sessionHash: hashSessionToken(session),
    previousSessionHash: request.previousSession === undefined ? undefined : hashSessionToken(request.previousSession),
    traceparent: request.traceparent,
  });
  if ('refusal' in outcome)
    return outcome.refusal === 'stale' ? {} : { refusal: refusedFor(new Failure(outcome.refusal)) };
  reportDropped(verified, outcome.accountId, request);
  return { session };
}

async function verify(settings: Provider, token: string): Promise<VerifiedSignIn | Failure> {
  try {
    return await verifyToken(token, settings, Date.now() / 1000);
  } catch (error) {
    if (!(error instanceof Failure)) throw error;
    return error.code === 'auth.sso_disabled' ? error : refusedFor(error);
  }
}

/** One answer for all reasons; the log names the one that it was. */
const refusedFor = (reason: Failure): Failure => new Failure('auth.sign_in_refused', { cause: reason });

/** Names only, and few: they come from outside. */
function reportDropped({ dropped }: VerifiedSignIn, accountId: string, { log, traceparent }: TokenSignIn): void {
  if (dropped.length === 0) return;
  const claims = dropped.slice(0, 10).map((name) => name.slice(0, 64));
  log.info(
    { correlationId: correlationIdOf(traceparent), accountId, count: dropped.length, claims },
    'claims that cannot be stored were dropped',
  );
}
