import type { Provider } from '@sandgate/contracts';
import { describeProvider } from '../providers/describe-provider.js';
import type { ProviderStore } from '../providers/provider-store.js';
import { describeOidcProvider } from './describe-oidc-provider.js';
import type { OidcProviderStore } from './oidc-provider-store.js';

/** Every provider as an administrator sees it: those that sign tokens, then those of OpenID Connect, each in the order in which they were made. */
export const describeEveryProvider =
  (jwt: ProviderStore, oidc: OidcProviderStore, { siteUrl }: { siteUrl: string }) =>
  async (): Promise<readonly Provider[]> => {
    const [{ providers }, others] = await Promise.all([jwt.readAll(), oidc.readAll()]);
    return [...providers.map(describeProvider), ...others.map((one) => describeOidcProvider(one, siteUrl))];
  };
