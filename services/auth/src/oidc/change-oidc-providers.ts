import { Failure, type NewProvider } from '@sandgate/contracts';
import type { Author } from '@sandgate/messaging';
import { requireFreeName } from '../providers/change-providers.js';
import { requireIssuerKept } from '../providers/decide-settings-change.js';
import { decideOidcSettings, type OidcSettingsChange, oidcProviderDefaults } from './decide-oidc-settings.js';
import type { OidcProviderStore, StoredOidcProvider } from './oidc-provider-store.js';

/** Adds an OpenID Connect provider. Throws `auth.settings_invalid`, `auth.provider_exists`. */
export const createOidcProvider =
  (store: Pick<OidcProviderStore, 'create'>) =>
  async ({ name, settings }: Extract<NewProvider, { kind: 'oidc' }>, by: Author): Promise<StoredOidcProvider> => {
    requireFreeName(name);
    const { issuer, clientId, clientSecret = null, ...others } = settings;
    const values = { settings: { ...oidcProviderDefaults, issuer, clientId }, clientSecret };
    const created = await store.create(name, decideOidcSettings(values, others), by);
    if (!created) throw new Failure('auth.provider_exists');
    return created;
  };

/** Throws `auth.provider_not_found`, `auth.settings_invalid`, `auth.issuer_in_use`, `auth.last_way_in`. */
export const changeOidcProvider =
  (store: Pick<OidcProviderStore, 'change'>) =>
  async (name: string, to: OidcSettingsChange, by: Author): Promise<StoredOidcProvider> => {
    const decide: Parameters<OidcProviderStore['change']>[1] = (current, { isOnlyWayIn, hasIdentities }) => {
      const values = decideOidcSettings(current, to);
      if (hasIdentities) requireIssuerKept(current.settings, values.settings);
      if (isOnlyWayIn && current.settings.enabled && !values.settings.enabled) throw new Failure('auth.last_way_in');
      return values;
    };
    const changed = await store.change(name, decide, by);
    if (!changed) throw new Failure('auth.provider_not_found');
    return changed;
  };
