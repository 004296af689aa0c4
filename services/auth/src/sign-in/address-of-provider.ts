import { Failure } from '@sandgate/contracts';
import type { CurrentProvider } from '../providers/current-provider.js';

/** Where a browser goes to get a token, with the way back encoded in `return_to`. Throws `auth.sso_disabled`. */
export const addressOfProvider =
  (provider: CurrentProvider) =>
  async (returnTo: string | undefined): Promise<string> => {
    const { enabled, identityProviderUri } = (await provider.newest()).settings;
    if (!enabled || identityProviderUri === null) throw new Failure('auth.sso_disabled');
    return returnTo === undefined ? identityProviderUri : withReturnTo(identityProviderUri, returnTo);
  };

export function withReturnTo(uri: string, returnTo: string): string {
  const [address = '', fragment] = uri.split('#', 2);
  const joined = `${address}${address.includes('?') ? '&' : '?'}return_to=${encodeURIComponent(returnTo)}`;
  return fragment === undefined ? joined : `${joined}#${fragment}`;
}
