import { randomBytes } from 'node:crypto';
import { Failure, type NewSigningKey } from '@sandgate/contracts';
import type { Author } from '@sandgate/messaging';
import { faultsForKeySet } from './decide-settings-change.js';
import type { ProviderStore, StoredKey, StoredProvider } from './provider-store.js';
import { readPublicKey } from './public-key.js';

const maxValidKeys = 2;

const newKey = (given: Pick<StoredKey, 'source'> & Partial<StoredKey>): StoredKey => ({
  id: randomBytes(6).toString('hex'),
  algorithm: 'HS256',
  kind: 'secret',
  secret: null,
  publicKey: null,
  jwksUri: null,
  createdAt: new Date().toISOString(),
  lastUsedAt: null,
  retireAt: null,
  ...given,
});

export const newSecret = (source: StoredKey['source'], secret: string): StoredKey => newKey({ source, secret });

/**
 * Adds a key beside the one there is: a secret of 256 random bits, or what the caller gives. Throws `auth.provider_not_found`,
 * `auth.key_limit`, and `auth.settings_invalid` for a public key that is none of the algorithm, and for a key set where issuer or audience are not set.
 */
export const createSigningKey =
  (store: Pick<ProviderStore, 'change'>) =>
  async (provider: string, given: NewSigningKey, by: Author): Promise<StoredKey> => {
    const key = keyFrom(given);
    const changed = await store.change(
      provider,
      ({ settings, keys }) => {
        const faults = key.kind === 'jwks' ? faultsForKeySet(settings) : [];
        if (faults.length > 0) throw new Failure('auth.settings_invalid', { details: { faults } });
        requireRoom(keys);
        return { addKey: key };
      },
      by,
    );
    if (!changed) throw new Failure('auth.provider_not_found');
    return key;
  };

function keyFrom({ algorithm, publicKey, jwksUri }: NonNullable<NewSigningKey> = {}): StoredKey {
  if (algorithm === undefined) return newSecret('generated', randomBytes(32).toString('hex'));
  if (publicKey === undefined) return newKey({ source: 'given', algorithm, kind: 'jwks', jwksUri: jwksUri ?? null });
  const read = readPublicKey({ pem: publicKey, algorithm });
  if (!read) {
    const fault = `publicKey: must be the PEM of a public key for ${algorithm}: RSA of at least 2048 bits, P-256, or Ed25519`;
    throw new Failure('auth.settings_invalid', { details: { faults: [fault] } });
  }
  const pem = read.export({ type: 'spki', format: 'pem' }).toString();
  return newKey({ source: 'given', algorithm, kind: 'public-key', publicKey: pem });
}

export interface KeyRetirement {
  readonly provider: string;
  readonly id: string;
  readonly retireAt: string | null;
}

/**
 * Sets when a key retires, also back to never. Throws `auth.provider_not_found`, `auth.key_not_found`, `auth.key_limit`,
 * `auth.last_way_in`.
 */
export const retireSigningKey =
  (store: Pick<ProviderStore, 'change'>) =>
  async ({ provider, id, retireAt }: KeyRetirement, by: Author): Promise<StoredKey> => {
    const changed = await store.change(
      provider,
      (current, { isOnlyWayIn }) => {
        const key = requireKey(current, id);
        const others = without(current, key);
        if (isValid({ retireAt })) requireRoom(others);
        if (isOnlyWayIn) requireWayIn(current, [...others, { ...key, retireAt }]);
        return { retireKey: { id, retireAt } };
      },
      by,
    );
    if (!changed) throw new Failure('auth.provider_not_found');
    return requireKey(changed, id);
  };

/**
 * Deletes a key; from then on no instance takes its tokens. Throws `auth.provider_not_found`, `auth.key_not_found`,
 * `auth.key_from_environment`, `auth.last_way_in`.
 */
export const deleteSigningKey =
  (store: Pick<ProviderStore, 'change'>) =>
  async (provider: string, id: string, by: Author): Promise<void> => {
    const changed = await store.change(
      provider,
      (current, { isOnlyWayIn }) => {
        const key = requireKey(current, id);
        if (key.source === 'environment') throw new Failure('auth.key_from_environment');
        if (isOnlyWayIn) requireWayIn(current, without(current, key));
        return { deleteKey: id };
      },
      by,
    );
    if (!changed) throw new Failure('auth.provider_not_found');
  };

const without = ({ keys }: StoredProvider, key: StoredKey): StoredKey[] => keys.filter((one) => one !== key);

function requireKey({ keys }: StoredProvider, id: string): StoredKey {
  const key = keys.find((one) => one.id === id);
  if (!key) throw new Failure('auth.key_not_found');
  return key;
}

/** A provider without a key that does not retire lets nobody in, sooner or later. */
function requireWayIn({ settings, keys }: StoredProvider, keysLeft: readonly StoredKey[]): void {
  if (settings.enabled && keys.some(isLasting) && !keysLeft.some(isLasting)) throw new Failure('auth.last_way_in');
}

const isLasting = ({ retireAt }: StoredKey): boolean => retireAt === null;

function requireRoom(others: readonly StoredKey[]): void {
  if (others.filter(isValid).length >= maxValidKeys) throw new Failure('auth.key_limit');
}

const isValid = ({ retireAt }: Pick<StoredKey, 'retireAt'>): boolean =>
  retireAt === null || Date.parse(retireAt) > Date.now();
