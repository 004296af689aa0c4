import { Failure } from '@sandgate/contracts';
import type { CurrentProviders } from '../providers/current-providers.js';

/**
 * Where a browser goes to get a token, with the way back encoded in `return_to`: to the provider of the name, else to the first that has
 * an address. Throws `auth.sso_disabled`.
 */
export const addressOfProvider =
  (providers: CurrentProviders) =>
  async (returnTo: string | undefined, name: string | undefined): Promise<string> => {
    const { all } = await providers.newest();
    const enabled = all.filter((one) => one.settings.enabled && (name === undefined || one.name === name));
    const uri = enabled.flatMap(({ settings }) => settings.identityProviderUri ?? [])[0];
    if (uri === undefined) throw new Failure('auth.sso_disabled');
    return returnTo === undefined ? uri : withReturnTo(uri, returnTo);
  };

export function withReturnTo(uri: string, returnTo: string): string {
  const [address = '', fragment] = uri.split('#', 2);
  const joined = `${address}${address.includes('?') ? '&' : '?'}return_to=${encodeURIComponent(returnTo)}`;
  return fragment === undefined ? joined : `${joined}#${fragment}`;
}
