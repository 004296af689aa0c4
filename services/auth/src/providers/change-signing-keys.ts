import { randomBytes } from 'node:crypto';
import { Failure } from '@sandgate/contracts';
import type { ProviderStore, StoredKey } from './provider-store.js';

const maxValidKeys = 2;

export const newSigningKey = (source: StoredKey['source'], secret: string): StoredKey => ({
  id: randomBytes(6).toString('hex'),
  source,
  secret,
  createdAt: new Date().toISOString(),
});

/** Adds a key of 256 random bits beside the one there is. Throws `auth.key_limit`. */
export const createSigningKey = (providers: ProviderStore) => async (): Promise<StoredKey> => {
  const key = newSigningKey('generated', randomBytes(32).toString('hex'));
  await providers.change(({ keys }) => {
    if (keys.length >= maxValidKeys) throw new Failure('auth.key_limit');
    return { addKey: key };
  });
  return key;
};

/** Deletes a key; from then on no instance takes its tokens. Throws `auth.key_not_found`, `auth.key_from_environment`. */
export const deleteSigningKey =
  (providers: ProviderStore) =>
  async (id: string): Promise<void> => {
    await providers.change(({ keys }) => {
      const key = keys.find((one) => one.id === id);
      if (!key) throw new Failure('auth.key_not_found');
      if (key.source === 'environment') throw new Failure('auth.key_from_environment');
      return { deleteKey: id };
    });
  };
