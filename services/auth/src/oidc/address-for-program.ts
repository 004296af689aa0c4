import { Failure } from '@sandgate/contracts';
import type { AskedProvider } from './decide-sign-in-address.js';
import type { EnabledProviders } from './enabled-providers.js';

interface Dependencies {
  readonly enabledProviders: () => Promise<EnabledProviders>;
  readonly addressOfProvider: (returnTo: undefined, provider: string | undefined) => Promise<string>;
}

/**
 * Where a program gets its tokens: at a JWT provider, for it can follow no redirect through another one. Throws `auth.browser_required`
 * where it asks for such a one, or there is no other; `auth.sso_disabled`.
 */
export const addressForProgram =
  ({ enabledProviders, addressOfProvider }: Dependencies) =>
  async ({ provider, preferredMethod }: AskedProvider): Promise<string> => {
    const { hasAddress, oidc } = await enabledProviders();
    const names = oidc.map(({ name }) => name);
    const isAsked =
      provider === undefined ? ['oidc', ...names].includes(preferredMethod ?? '') : names.includes(provider);
    const isOnly = provider === undefined && !hasAddress;
    if (names.length > 0 && (isAsked || isOnly)) throw new Failure('auth.browser_required');
    return addressOfProvider(undefined, provider);
  };
