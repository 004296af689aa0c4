import type { VerificationKey, VerificationSettings } from '../sign-in/verify-token.js';
import type { ProviderStore, StoredKey, StoredProvider } from './provider-store.js';

/** The provider, ready to verify with. */
export interface Provider extends VerificationSettings {
  readonly revision: number;
}

/** The provider in memory, under its revision: compared with the database's before anything is refused or answered by it, so it needs no time to live. */
export interface CurrentProvider {
  /** As last read. Whoever acts on it lets the database compare the revision. */
  known(): Promise<Provider>;
  /** At least as new as the database at the time of the call. Calls that come while it is being read share the next read. */
  newest(): Promise<Provider>;
}

export function createCurrentProvider(store: ProviderStore): CurrentProvider {
  let current: Provider | undefined;
  let reading: Promise<unknown> = Promise.resolve();
  let next: Promise<Provider> | undefined;

  const refresh = async (): Promise<Provider> => {
    next = undefined;
    if (current === undefined || current.revision !== (await store.readRevision()))
      current = await prepare(await store.read());
    return current;
  };
  const newest = (): Promise<Provider> => {
    // `refresh` runs after the read in hand, which may have begun before this call.
    next ??= reading.then(refresh, refresh);
    reading = next;
    return next;
  };
  return { known: async () => current ?? newest(), newest };
}

/** Imports each key once, not once per token. */
async function prepare({ revision, settings, keys }: StoredProvider): Promise<Provider> {
  const imported = await Promise.all(keys.map(async (key) => [key.id, await importKey(key)] as const));
  return { revision, settings, keys: new Map(imported) };
}

/** The key is the UTF-8 bytes of its text, as common JWT libraries take a string. */
async function importKey({ secret }: StoredKey): Promise<VerificationKey> {
  const bytes = new TextEncoder().encode(secret);
  const key = await crypto.subtle.importKey('raw', bytes, { name: 'HMAC', hash: 'SHA-256' }, false, ['verify']);
  return { algorithm: 'HS256', key };
}
