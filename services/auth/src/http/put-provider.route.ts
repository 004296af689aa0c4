import { putProvider } from '@sandgate/contracts';
import type { Author } from '@sandgate/messaging';
import { type AnyRoute, authorOf, route } from '@sandgate/service-kit';
import type { OidcSettingsChange } from '../oidc/decide-oidc-settings.js';
import { describeOidcProvider } from '../oidc/describe-oidc-provider.js';
import type { StoredOidcProvider } from '../oidc/oidc-provider-store.js';
import type { SettingsChange } from '../providers/decide-settings-change.js';
import { describeProvider } from '../providers/describe-provider.js';
import type { StoredProvider } from '../providers/provider-store.js';

interface Dependencies {
  readonly siteUrl: string;
  readonly changeJwt: (name: string, to: SettingsChange, by: Author) => Promise<StoredProvider>;
  readonly changeOidc: (name: string, to: OidcSettingsChange, by: Author) => Promise<StoredOidcProvider>;
}

export const putProviderRoute = ({ siteUrl, changeJwt, changeOidc }: Dependencies): AnyRoute =>
  route(putProvider, async ({ params, body, ...context }) => {
    if (body.kind === 'oidc') {
      const { kind: _kind, name: _name, hasClientSecret: _has, redirectUri: _uri, ...to } = body;
      return describeOidcProvider(await changeOidc(params.provider, to, authorOf(context)), siteUrl);
    }
    const { kind: _kind, name: _name, keys: _keys, ...to } = body;
    return describeProvider(await changeJwt(params.provider, to, authorOf(context)));
  });
