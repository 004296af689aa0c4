import { putProvider } from '@sandgate/contracts';
import type { Author } from '@sandgate/messaging';
import { type AnyRoute, authorOf, route } from '@sandgate/service-kit';
import type { ProviderPreviews } from '../dry-run/preview-provider-changes.js';
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
  readonly previews: Pick<ProviderPreviews, 'changeJwt' | 'changeOidc'>;
}

export const putProviderRoute = ({ siteUrl, changeJwt, changeOidc, previews }: Dependencies): AnyRoute =>
  route(putProvider, async ({ params: { provider }, query: { dryRun }, body, ...context }) => {
    const by = authorOf(context);
    if (body.kind === 'oidc') {
      const { kind: _kind, name: _name, hasClientSecret: _has, redirectUri: _uri, ...to } = body;
      if (dryRun) return previews.changeOidc(provider, to, by);
      return describeOidcProvider(await changeOidc(provider, to, by), siteUrl);
    }
    const { kind: _kind, name: _name, keys: _keys, ...to } = body;
    return dryRun ? previews.changeJwt(provider, to, by) : describeProvider(await changeJwt(provider, to, by));
  });
