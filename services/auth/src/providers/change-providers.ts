import { Failure, type NewProvider } from '@sandgate/contracts';
import type { Author, Outbox } from '@sandgate/messaging';
import {
  decideSettingsChange,
  jwtProviderDefaults,
  requireIssuerKept,
  type SettingsChange,
} from './decide-settings-change.js';
import type { ProviderStore, StoredProvider } from './provider-store.js';

/** Other sources of sessions and memberships are called so. */
const reservedNames = ['password', 'manual', 'scim', 'api-key'];

/** Throws `auth.settings_invalid`. */
export function requireFreeName(name: string): void {
  if (reservedNames.includes(name))
    throw new Failure('auth.settings_invalid', { details: { faults: [`name: ${name} means something else`] } });
}

/** Adds a provider, which has no key yet. Throws `auth.settings_invalid`, `auth.provider_exists`. */
export const createProvider =
  (store: Pick<ProviderStore, 'create'>) =>
  async ({ name, settings = {} }: Extract<NewProvider, { kind: 'jwt' }>, by: Author): Promise<StoredProvider> => {
    requireFreeName(name);
    const created = await store.create(name, decideSettingsChange(jwtProviderDefaults, settings), by);
    if (!created) throw new Failure('auth.provider_exists');
    return created;
  };

/** Throws `auth.provider_not_found`, `auth.settings_invalid`, `auth.issuer_in_use`, `auth.last_way_in`. */
export const changeProviderSettings =
  (store: Pick<ProviderStore, 'change'>) =>
  async (name: string, to: SettingsChange, by: Author): Promise<StoredProvider> => {
    const changed = await store.change(
      name,
      ({ settings: from, keys }, { isOnlyWayIn, hasIdentities }) => {
        const settings = decideSettingsChange(from, to, keys);
        if (hasIdentities) requireIssuerKept(from, settings);
        if (isOnlyWayIn && from.enabled && !settings.enabled) throw new Failure('auth.last_way_in');
        return { settings };
      },
      by,
    );
    if (!changed) throw new Failure('auth.provider_not_found');
    return changed;
  };

interface BesideTheStore extends Pick<Outbox, 'wake'> {
  /** permissions puts the group synchronisation of the provider back as it is from the start. */
  readonly forgetGroupSync: (provider: string, by: Author) => Promise<unknown>;
}

/**
 * Deletes a provider, and with it its keys, sessions, identities and group synchronisation, and what it said of anybody, which consumers learn
 * as a change. Nobody who comes later under the same name gets the accounts. Throws `auth.provider_built_in`, `auth.provider_not_found`,
 * `auth.last_way_in`; `service.unavailable` without permissions: then a JWT provider is disabled, and deleting it again finishes it.
 */
export const deleteProvider =
  (store: Pick<ProviderStore, 'change' | 'mayRemove' | 'remove'>, { forgetGroupSync, wake }: BesideTheStore) =>
  async (name: string, by: Author): Promise<void> => {
    if (name === 'jwt') throw new Failure('auth.provider_built_in');
    // First off, so that no sign-in waits while the rest is done, which may take a while.
    await store.change(
      name,
      ({ settings: { enabled } }, { isOnlyWayIn }) => {
        if (isOnlyWayIn && enabled) throw new Failure('auth.last_way_in');
        return enabled ? { settings: { enabled: false } } : {};
      },
      by,
    );
    requireRemoved(await store.mayRemove(name));
    // While there is still a provider to delete again, if this fails.
    await forgetGroupSync(name, by);
    requireRemoved(await store.remove(name, by));
    wake();
  };

function requireRemoved(removed: boolean | 'only-way-in'): void {
  if (removed === 'only-way-in') throw new Failure('auth.last_way_in');
  if (!removed) throw new Failure('auth.provider_not_found');
}
