import type { Provider } from '@sandgate/contracts';
import { redirectUriOf } from './oidc-clients.js';
import type { StoredOidcProvider } from './oidc-provider-store.js';

/** What an administrator sees: never a secret. */
export const describeOidcProvider = (
  { name, settings, clientSecret }: StoredOidcProvider,
  siteUrl: string,
): Provider => ({
  name,
  kind: 'oidc',
  ...settings,
  hasClientSecret: clientSecret !== null,
  redirectUri: redirectUriOf(siteUrl),
});
