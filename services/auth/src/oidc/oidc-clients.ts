import { createHash } from 'node:crypto';
import { type ErrorCode, Failure } from '@sandgate/contracts';
import { decodeProtectedHeader } from 'jose';
import * as openid from 'openid-client';
import { boundedFetch } from './bounded-fetch.js';
import type { StoredOidcProvider } from './oidc-provider-store.js';
import type { PendingSignIn } from './state-cookie.js';

/** What a provider says of a person: the verified ID token, and beside it what only the userinfo endpoint says. */
export interface OidcClaims {
  readonly idToken: Pick<openid.IDToken, 'sub' | 'iat'> & Readonly<Record<string, unknown>>;
  readonly userInfo: Readonly<Record<string, unknown>>;
}

export interface OidcClients {
  /** Where the browser is sent to. Throws `auth.oidc_unreachable`. */
  authorizationUrl(provider: StoredOidcProvider, pending: PendingSignIn): Promise<URL>;
  /** Exchanges a code and verifies what comes of it. Throws `OidcFailure`. */
  exchange(
    provider: StoredOidcProvider,
    pending: PendingSignIn,
    callback: Readonly<Record<string, string | undefined>>,
  ): Promise<OidcClaims>;
  /** What it publishes, read anew: its metadata and its key set. Throws `OidcFailure`. */
  discover(provider: StoredOidcProvider): Promise<{ metadata: openid.ServerMetadata; keySet: unknown }>;
}

/** A reason of the catalogue, with what is safe to log of the answer: a code of the library or of OAuth, never a description, which may name the person. */
export class OidcFailure extends Failure {
  constructor(
    code: ErrorCode,
    readonly detail: string | undefined,
  ) {
    super(code);
  }
}

const discoveryLivesMs = 3_600_000;
const timeoutSeconds = 10;

interface Discovered {
  readonly settings: string;
  readonly readAt: number;
  readonly configuration: Promise<openid.Configuration>;
}

/**
 * One client for each provider, with its discovery document and keys in memory. The document is read again after an hour, with other
 * settings, and after a failure; the keys when one is asked for that is not among them.
 */
export function createOidcClients({ siteUrl }: { siteUrl: string }): OidcClients {
  const redirectUri = redirectUriOf(siteUrl);
  const discovered = new Map<string, Discovered>();

  const configurationOf = (provider: StoredOidcProvider): Promise<openid.Configuration> => {
    const { issuer, clientId } = provider.settings;
    const settings = JSON.stringify([issuer, clientId, provider.clientSecret]);
    const earlier = discovered.get(provider.name);
    if (earlier?.settings === settings && Date.now() - earlier.readAt < discoveryLivesMs) return earlier.configuration;
    const configuration = discover(provider);
    discovered.set(provider.name, { settings, readAt: Date.now(), configuration });
    return configuration;
  };
  const orForget = async <Result>({ name }: StoredOidcProvider, work: () => Promise<Result>): Promise<Result> => {
    try {
      return await work();
    } catch (error) {
      const failure = failureOf(error);
      if (failure.code === 'auth.oidc_unreachable' || failure.code === 'auth.oidc_answer_invalid')
        discovered.delete(name);
      throw failure;
    }
  };

  return {
    authorizationUrl: (provider, { state, nonce, verifier }) =>
      orForget(provider, async () => {
        const challenge = verifier === undefined ? undefined : await openid.calculatePKCECodeChallenge(verifier);
        return openid.buildAuthorizationUrl(await configurationOf(provider), {
          redirect_uri: redirectUri,
          scope: provider.settings.scopes,
          state,
          nonce,
          ...(challenge !== undefined && { code_challenge: challenge, code_challenge_method: 'S256' }),
        });
      }),
    exchange: (provider, { state, nonce, verifier }, callback) =>
      orForget(provider, async () => {
        const configuration = await configurationOf(provider);
        const tokens = await openid.authorizationCodeGrant(configuration, withParameters(redirectUri, callback), {
          expectedState: state,
          expectedNonce: nonce,
          idTokenExpected: true,
          ...(verifier !== undefined && { pkceCodeVerifier: verifier }),
        });
        const idToken = tokens.claims();
        if (!idToken || !isOfAccessToken(tokens, idToken))
          throw new OidcFailure('auth.oidc_answer_invalid', idToken ? 'at_hash' : 'no ID token');
        const isComplete = claimsOf(provider).every((claim) => claim in idToken);
        const mayAsk = configuration.serverMetadata().userinfo_endpoint !== undefined;
        const userInfo =
          isComplete || !mayAsk ? {} : await openid.fetchUserInfo(configuration, tokens.access_token, idToken.sub);
        return { idToken, userInfo };
      }),
    discover: (provider) =>
      orForget(provider, async () => {
        const metadata = (await discover(provider)).serverMetadata();
        return { metadata, keySet: metadata.jwks_uri === undefined ? undefined : await fetchKeySet(metadata.jwks_uri) };
      }),
  };
}

async function fetchKeySet(address: string): Promise<unknown> {
  try {
    const response = await boundedFetch(address, {
      method: 'GET',
      headers: { accept: 'application/json' },
      body: undefined,
      redirect: 'manual',
      signal: AbortSignal.timeout(timeoutSeconds * 1000),
    });
    if (response.status === 200) return await response.json();
    throw new TypeError(`${response.status} instead of a key set`);
  } catch {
    // Whether it does not come, comes too late, is too long or no JSON: there are no keys to be had.
    throw new OidcFailure('auth.oidc_unreachable', 'jwks_uri');
  }
}

/** The ID token may say which access token it came with (OpenID Connect Core 1.0 section 3.1.3.8); the library looks at that in other flows only. */
function isOfAccessToken(tokens: openid.TokenEndpointResponse, { at_hash: expected }: openid.IDToken): boolean {
  if (expected === undefined) return true;
  const { alg = '' } = decodeProtectedHeader(tokens.id_token ?? '');
  const bits = /\d{3}$/.exec(alg)?.[0] ?? '512';
  const hash = createHash(`sha${bits}`).update(tokens.access_token).digest();
  return hash.subarray(0, hash.length / 2).toString('base64url') === expected;
}

export const redirectUriOf = (siteUrl: string): string => new URL('/auth/sso/callback', siteUrl).href;

const claimsOf = ({ settings }: StoredOidcProvider): readonly string[] => [
  settings.emailClaim,
  settings.firstNameClaim,
  settings.lastNameClaim,
  settings.groupsClaim,
];

function withParameters(address: string, parameters: Readonly<Record<string, string | undefined>>): URL {
  const url = new URL(address);
  for (const [name, value] of Object.entries(parameters)) if (value !== undefined) url.searchParams.set(name, value);
  return url;
}

function discover({ settings, clientSecret }: StoredOidcProvider): Promise<openid.Configuration> {
  const issuer = new URL(settings.issuer);
  return openid.discovery(issuer, settings.clientId, undefined, authenticationWith(clientSecret), {
    [openid.customFetch]: boundedFetch,
    timeout: timeoutSeconds,
    execute: [
      // The signature too, although the token comes from the provider itself: what is between may be a proxy.
      openid.enableNonRepudiationChecks,
      // Lets http through, which `isProviderAddress` allows on this machine only.
      ...(issuer.protocol === 'http:' ? [openid.allowInsecureRequests] : []),
    ],
  });
}

/** As the provider can (OpenID Connect Core 1.0 section 9): by header unless it says that it takes the form only. */
function authenticationWith(secret: string | null): openid.ClientAuth {
  if (secret === null) return openid.None();
  const [inHeader, inForm] = [openid.ClientSecretBasic(secret), openid.ClientSecretPost(secret)];
  return (server, client, body, headers) => {
    const methods = server.token_endpoint_auth_methods_supported ?? ['client_secret_basic'];
    return (methods.includes('client_secret_basic') ? inHeader : inForm)(server, client, body, headers);
  };
}

/** The library's errors hold tokens and parameters: none of them goes further than here. */
function failureOf(error: unknown): OidcFailure {
  if (error instanceof OidcFailure) return error;
  if (error instanceof openid.AuthorizationResponseError) return new OidcFailure('auth.oidc_refused', error.error);
  if (error instanceof openid.ResponseBodyError) return new OidcFailure('auth.oidc_code_refused', error.error);
  if (error instanceof openid.WWWAuthenticateChallengeError)
    return new OidcFailure('auth.oidc_code_refused', String(error.status));
  if (error instanceof openid.ClientError && error.code !== undefined && !noAnswer.has(error.code))
    return new OidcFailure('auth.oidc_answer_invalid', error.code);
  // `fetch` rejects with a TypeError whose cause says why; the library wraps it where it does not know it as one.
  if (error instanceof openid.ClientError || error instanceof TypeError)
    return new OidcFailure('auth.oidc_unreachable', codeOf(error) ?? codeOf(error.cause));
  throw error;
}

/** Codes of the library for an answer that did not come, or was none of the kind. */
const noAnswer = new Set([
  'OAUTH_TIMEOUT',
  'OAUTH_ABORT',
  'OAUTH_RESPONSE_IS_NOT_CONFORM',
  'OAUTH_RESPONSE_IS_NOT_JSON',
]);

function codeOf(error: unknown): string | undefined {
  const code = (error as { code?: unknown } | undefined)?.code;
  return typeof code === 'string' ? code : undefined;
}
