import type { OidcProviderValues } from './decide-oidc-settings.js';

/** Members of a discovery document (OpenID Connect Discovery 1.0 section 3), none of which has to be what it should. */
export interface DiscoveryDocument {
  readonly response_types_supported?: unknown;
  readonly token_endpoint_auth_methods_supported?: unknown;
}

/** What it comes to. */
export interface SaidOfItself {
  readonly authorizationEndpoint: string | null;
  readonly tokenEndpoint: string | null;
  readonly jwksUri: string | null;
  /** Null where it does not say. */
  readonly pkce: boolean | null;
  readonly keys: readonly PublishedKey[];
}

export interface PublishedKey {
  readonly id: string | null;
  readonly algorithm: string;
}

/** What would keep people from signing in, in words that name a member of the document. */
export function decideDiscoveryFaults(
  document: DiscoveryDocument,
  said: SaidOfItself,
  { settings, clientSecret }: OidcProviderValues,
): string[] {
  const faults: string[] = [];
  if (said.authorizationEndpoint === null) faults.push('authorization_endpoint: is missing');
  if (said.tokenEndpoint === null) faults.push('token_endpoint: is missing');
  if (said.jwksUri === null) faults.push('jwks_uri: is missing');
  else if (said.keys.length === 0) faults.push('jwks_uri: has no key that an ID token can be verified with');
  const types = document.response_types_supported;
  if (Array.isArray(types) && !types.includes('code'))
    faults.push('response_types_supported: code is not among them, without which nobody can sign in here');
  if (settings.pkce && said.pkce === false)
    faults.push(
      'code_challenge_methods_supported: S256 is not among them; where sign-ins are refused, set pkce to false',
    );
  faults.push(...faultsOfAuthentication(document.token_endpoint_auth_methods_supported, clientSecret));
  return faults;
}

/** Left out, it is `client_secret_basic` (OpenID Connect Discovery 1.0 section 3). */
function faultsOfAuthentication(methods: unknown, clientSecret: string | null): string[] {
  const wanted = clientSecret === null ? ['none'] : ['client_secret_basic', 'client_secret_post'];
  // Many who take clients without a secret do not say so.
  const offered = Array.isArray(methods) ? methods : wanted;
  return offered.some((method) => wanted.includes(method))
    ? []
    : [`token_endpoint_auth_methods_supported: has none of ${wanted.join(', ')}, as which this client is set up`];
}

/** The keys that a signature of an ID token can be checked with; without a list of algorithms it is RS256 (OpenID Connect Core 1.0 section 3.1.3.7). */
export function readKeys(keySet: unknown, algorithms: unknown): PublishedKey[] {
  const keys = (keySet as { keys?: unknown } | null | undefined)?.keys;
  const taken = Array.isArray(algorithms) ? algorithms : ['RS256'];
  return (Array.isArray(keys) ? keys.slice(0, 100) : []).flatMap((key: unknown) => {
    const { kty, crv, alg, kid, use = 'sig' } = (key ?? {}) as Record<string, unknown>;
    const possible = algorithmsOf[`${kty}${kty === 'RSA' ? '' : ` ${crv}`}`] ?? [];
    const algorithm = possible.find((one) => taken.includes(one) && (alg === undefined || alg === one));
    if (algorithm === undefined || use !== 'sig') return [];
    return [{ id: typeof kid === 'string' ? kid : null, algorithm }];
  });
}

/** RFC 7518 section 3.1, RFC 8037 section 3.1, RFC 9864 section 2.2. */
const algorithmsOf: Readonly<Record<string, readonly string[]>> = {
  RSA: ['RS256', 'PS256', 'RS384', 'PS384', 'RS512', 'PS512'],
  'EC P-256': ['ES256'],
  'EC P-384': ['ES384'],
  'EC P-521': ['ES512'],
  'OKP Ed25519': ['EdDSA', 'Ed25519'],
};
