import type { CurrentProviders } from '../providers/current-providers.js';
import type { OidcProviderStore, StoredOidcProvider } from './oidc-provider-store.js';

/** By what somebody without a token can sign in. */
export interface EnabledProviders {
  /** There is a JWT provider with an address. */
  readonly hasAddress: boolean;
  readonly oidc: readonly StoredOidcProvider[];
}

/** By the newest settings. */
export const findEnabledProviders =
  (jwtProviders: CurrentProviders, oidcProviders: OidcProviderStore) => async (): Promise<EnabledProviders> => {
    const [jwt, oidc] = await Promise.all([jwtProviders.newest(), oidcProviders.readAll()]);
    return {
      hasAddress: jwt.all.some(({ settings }) => settings.enabled && settings.identityProviderUri !== null),
      oidc: oidc.filter(({ settings }) => settings.enabled),
    };
  };
