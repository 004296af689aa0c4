import { type checkProvider as endpoint, errorCatalogue, Failure } from '@sandgate/contracts';
import type { z } from 'zod';
import type { CurrentProviders } from '../providers/current-providers.js';
import { decideDiscoveryFaults, readKeys } from './decide-discovery-faults.js';
import { type OidcClients, OidcFailure } from './oidc-clients.js';
import type { OidcProviderStore, StoredOidcProvider } from './oidc-provider-store.js';

type Checked = z.input<NonNullable<(typeof endpoint)['response']>>;

interface Dependencies {
  readonly jwtProviders: CurrentProviders;
  readonly oidcProviders: Pick<OidcProviderStore, 'readAll'>;
  readonly clients: Pick<OidcClients, 'discover'>;
}

const nothing = {
  issuer: null,
  authorizationEndpoint: null,
  tokenEndpoint: null,
  userinfoEndpoint: null,
  jwksUri: null,
  pkce: null,
  keys: [],
};

/**
 * What an OpenID Connect provider publishes right now, and what is wrong with it for sign-ins; whether it is enabled does not matter.
 * Throws `auth.provider_not_found`, `auth.provider_of_another_kind`.
 */
export const checkProvider =
  ({ jwtProviders, oidcProviders, clients }: Dependencies) =>
  async (name: string): Promise<Checked> => {
    const provider = (await oidcProviders.readAll()).find((one) => one.name === name);
    if (provider) return check(provider, clients);
    const isJwt = (await jwtProviders.newest()).all.some((one) => one.name === name);
    throw new Failure(isJwt ? 'auth.provider_of_another_kind' : 'auth.provider_not_found');
  };

async function check(provider: StoredOidcProvider, clients: Dependencies['clients']): Promise<Checked> {
  try {
    const { metadata, keySet } = await clients.discover(provider);
    const said = {
      issuer: textOf(metadata.issuer),
      authorizationEndpoint: textOf(metadata.authorization_endpoint),
      tokenEndpoint: textOf(metadata.token_endpoint),
      userinfoEndpoint: textOf(metadata.userinfo_endpoint),
      jwksUri: textOf(metadata.jwks_uri),
      pkce: includes(metadata.code_challenge_methods_supported, 'S256'),
      keys: readKeys(keySet, metadata.id_token_signing_alg_values_supported),
    };
    return { faults: decideDiscoveryFaults(metadata, said, provider), ...said };
  } catch (error) {
    if (!(error instanceof OidcFailure)) throw error;
    return { ...nothing, faults: [faultOf(error)] };
  }
}

/** An issuer that is written otherwise there is the commonest of them. */
function faultOf({ code, detail }: OidcFailure): string {
  if (detail === 'OAUTH_JSON_ATTRIBUTE_COMPARISON_FAILED')
    return 'issuer: is not the `issuer` of the document that was found, which is the one to set';
  const { message, remedy } = errorCatalogue[code];
  return `${message}${detail === undefined ? '' : ` (${detail})`} ${remedy}`;
}

/** Whatever else is there is as good as nothing. */
const textOf = (value: unknown): string | null => (typeof value === 'string' && value.length <= 2048 ? value : null);

const includes = (list: unknown, item: string): boolean | null => (Array.isArray(list) ? list.includes(item) : null);
