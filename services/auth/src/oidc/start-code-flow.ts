import type { Failure } from '@sandgate/contracts';
import { correlationIdOf } from '@sandgate/messaging';
import type { Logger } from '@sandgate/service-kit';
import { randomNonce, randomPKCECodeVerifier, randomState } from 'openid-client';
import { refusedFor } from '../refusals/refused-sign-in.js';
import { type OidcClients, OidcFailure } from './oidc-clients.js';
import type { StoredOidcProvider } from './oidc-provider-store.js';
import { sealCookies } from './state-cookie.js';

export interface CodeFlowStart {
  /** Checked: a path on this site. */
  readonly returnTo: string;
  readonly cookies: ReadonlyMap<string, string>;
  readonly traceparent: string;
  readonly log: Logger;
}

interface Dependencies {
  readonly clients: OidcClients;
  readonly siteUrl: string;
}

/** Sends a browser to an OpenID Connect provider, with what has to come back sealed in its cookies. Throws `auth.sign_in_refused`. */
export const startCodeFlow =
  ({ clients, siteUrl }: Dependencies) =>
  async (provider: StoredOidcProvider, start: CodeFlowStart): Promise<{ location: string; cookies: string[] }> => {
    const pending = {
      state: randomState(),
      nonce: randomNonce(),
      ...(provider.settings.pkce && { verifier: randomPKCECodeVerifier() }),
      returnTo: start.returnTo,
    };
    try {
      const { href } = await clients.authorizationUrl(provider, pending);
      const cookies = await sealCookies(pending, provider, { siteUrl, held: start.cookies, now: Date.now() / 1000 });
      return { location: href, cookies };
    } catch (error) {
      throw error instanceof OidcFailure ? refusedBy(provider.name, error, start) : error;
    }
  };

/** The one answer to the outside; the log has the reason, and beside it what the provider or the library calls it. Without a provider where none is known. */
export function refusedBy(
  provider: string | undefined,
  reason: Failure,
  { log, traceparent }: { log: Logger; traceparent: string },
): Failure {
  const { code } = reason;
  if (reason instanceof OidcFailure && /^[\w .-]{1,64}$/.test(reason.detail ?? ''))
    log.info(
      { correlationId: correlationIdOf(traceparent), provider, reason: code, detail: reason.detail },
      'OpenID Connect',
    );
  return refusedFor(reason, { provider });
}
