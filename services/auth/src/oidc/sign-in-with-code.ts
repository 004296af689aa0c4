import { Failure } from '@sandgate/contracts';
import type { Logger } from '@sandgate/service-kit';
import { FailureConcerning } from '../refusals/refused-sign-in.js';
import { hashPreviousSession, hashSessionToken, mintSessionToken } from '../sessions/session-token.js';
import { reportDropped } from '../sign-in/report-dropped.js';
import type { NewSignIn, SignInOutcome } from '../sign-in/sign-in-store.js';
import { whileSettingsChange } from '../sign-in/while-settings-change.js';
import { decideCodeSignIn } from './decide-code-sign-in.js';
import type { OidcClaims, OidcClients } from './oidc-clients.js';
import type { OidcProviderStore, StoredOidcProvider } from './oidc-provider-store.js';
import { refusedBy } from './start-code-flow.js';
import { findCookie, openCookie, type PendingSignIn } from './state-cookie.js';

export interface CodeSignIn {
  readonly callback: { readonly state?: string | undefined } & Readonly<Record<string, string | undefined>>;
  readonly cookies: ReadonlyMap<string, string>;
  readonly previousSession: string | undefined;
  /** Where the request comes from. */
  readonly source: string;
  readonly traceparent: string;
  readonly log: Logger;
}

interface Dependencies {
  readonly providers: OidcProviderStore;
  readonly clients: OidcClients;
  readonly store: (signIn: NewSignIn) => Promise<SignInOutcome>;
}

/** A sign-in whose code has been exchanged: the claims are verified, and not yet judged by any settings. */
interface Exchanged {
  readonly claims: OidcClaims;
  readonly pending: PendingSignIn;
  readonly endsAt: number;
}

/**
 * Signs in with the code that a provider has sent the browser back with; answers the session token and where the sign-in began. A state
 * is good for one sign-in, in the browser that began it. Throws `auth.sign_in_refused` with the reason as its cause.
 */
export function signInWithCode({ providers, clients, store }: Dependencies) {
  const enabled = async (name: string): Promise<StoredOidcProvider> => {
    const provider = (await providers.readAll()).find((one) => one.name === name);
    if (provider?.settings.enabled) return provider;
    throw new FailureConcerning(new Failure('auth.sso_disabled'), { provider: provider?.name });
  };

  const storeUnder = async (provider: StoredOidcProvider, exchanged: Exchanged, request: CodeSignIn) => {
    const { claims, pending, endsAt } = exchanged;
    const now = Date.now() / 1000;
    const verified = decideCodeSignIn(claims, provider.settings, { state: pending.state, endsAt, now });
    const session = mintSessionToken();
    const outcome = await store({
      provider: provider.name,
      verified,
      revision: provider.revision,
      sessionHash: hashSessionToken(session),
      previousSessionHash: hashPreviousSession(request.previousSession),
      traceparent: request.traceparent,
    });
    if (!('refusal' in outcome)) {
      reportDropped(verified, outcome.accountId, request);
      return session;
    }
    const { refusal, accountId } = outcome;
    if (refusal === 'stale') return undefined;
    throw new FailureConcerning(new Failure(refusal), { accountId });
  };

  const signIn = async (first: StoredOidcProvider, sealed: string, request: CodeSignIn) => {
    const { callback } = request;
    const opening = { stateKey: first.stateKey, state: callback.state, now: Date.now() / 1000 };
    const { pending, endsAt } = await openCookie(sealed, opening);
    const claims = await clients.exchange(first, pending, callback);
    let provider = first;
    const session = await whileSettingsChange(async () => {
      const opened = await storeUnder(provider, { claims, pending, endsAt }, request);
      if (opened !== undefined) return opened;
      provider = await enabled(first.name);
      // The claims are those of another issuer, or meant for another client.
      if (!isSameClient(provider, first)) throw new Failure('auth.oidc_state_unknown');
      return undefined;
    });
    return { session, returnTo: pending.returnTo };
  };

  return async (request: CodeSignIn): Promise<{ session: string; returnTo: string }> => {
    let name: string | undefined;
    try {
      const found = findCookie(request.cookies, request.callback.state);
      const provider = await enabled(found.provider);
      name = provider.name;
      return await signIn(provider, found.sealed, request);
    } catch (error) {
      throw error instanceof Failure && error.status < 500 ? refusedBy(name, error, request) : error;
    }
  };
}

const isSameClient = (one: StoredOidcProvider, other: StoredOidcProvider): boolean =>
  one.settings.issuer === other.settings.issuer && one.settings.clientId === other.settings.clientId;
