import type { Logger } from '@sandgate/service-kit';
import type { VerificationKey, VerificationSettings } from '../sign-in/verify-token.js';
import { fetchJson } from './fetch-json.js';
import { createKeySet, type KeySet } from './key-set.js';
import type { ProviderStore, StoredKey, StoredProvider, StoredProviders } from './provider-store.js';
import { importPublicKey, importSecret, readPublicKey } from './public-key.js';

/** All providers, ready to verify with, in the order in which they are asked. */
export interface Providers {
  readonly revision: number;
  readonly all: readonly VerificationSettings[];
}

/** The providers in memory, under their revision: compared with the database's before anything is refused or answered by them, so they need no time to live. */
export interface CurrentProviders {
  /** As last read. Whoever acts on it lets the database compare the revision. */
  known(): Promise<Providers>;
  /** At least as new as the database at the time of the call. Calls that come while it is being read share the next read. */
  newest(): Promise<Providers>;
}

export function createCurrentProviders(store: ProviderStore, log: Logger): CurrentProviders {
  let current: Providers | undefined;
  let reading: Promise<unknown> = Promise.resolve();
  let next: Promise<Providers> | undefined;
  const keySets = rememberKeySets(log);

  const refresh = async (): Promise<Providers> => {
    next = undefined;
    if (current === undefined || current.revision !== (await store.readRevision()))
      current = await prepare(await store.readAll(), keySets);
    return current;
  };
  const newest = (): Promise<Providers> => {
    // `refresh` runs after the read in hand, which may have begun before this call.
    next ??= reading.then(refresh, refresh);
    reading = next;
    return next;
  };
  return { known: async () => current ?? newest(), newest };
}

type KeySets = (providers: readonly StoredProvider[]) => (address: string) => KeySet;

/** A change of settings leaves what was fetched in place; what no provider names any more is forgotten. */
function rememberKeySets(log: Logger): KeySets {
  let known = new Map<string, KeySet>();
  let named: readonly NamedKeySet[] = [];
  const create = (address: string): KeySet =>
    createKeySet(address, {
      fetch: fetchJson,
      now: () => performance.now(),
      tellFailure: (error) => {
        // The address itself may hold what is nobody's business.
        const keys = named.filter((one) => one.address === address).map(({ provider, keyId }) => ({ provider, keyId }));
        log.warn({ keys, error }, 'a key set could not be fetched');
      },
    });
  return (providers) => {
    named = providers.flatMap(({ name, keys }) =>
      keys.flatMap(({ id, jwksUri }) => (jwksUri === null ? [] : { provider: name, keyId: id, address: jwksUri })),
    );
    known = new Map(named.map(({ address }) => [address, known.get(address) ?? create(address)]));
    return (address) => known.get(address) ?? create(address);
  };
}

interface NamedKeySet {
  readonly provider: string;
  readonly keyId: string;
  readonly address: string;
}

/** Imports each key once, not once per token. */
async function prepare({ revision, providers }: StoredProviders, keySets: KeySets): Promise<Providers> {
  const keySetAt = keySets(providers);
  const all = await Promise.all(
    providers.map(async ({ name, settings, keys }) => {
      const imported = keys.map(async (key) => [key.id, await prepareKey(key, keySetAt)] as const);
      return { name, settings, keys: new Map(await Promise.all(imported)) };
    }),
  );
  return { revision, all };
}

async function prepareKey(key: StoredKey, keySetAt: (address: string) => KeySet): Promise<VerificationKey> {
  const retireAt = key.retireAt === null ? undefined : Date.parse(key.retireAt) / 1000;
  const { algorithm, jwksUri, publicKey, secret } = key;
  if (algorithm === 'HS256') return { algorithm, retireAt, key: await importSecret(secret ?? '') };
  if (jwksUri !== null) return { algorithm, retireAt, find: (id) => keySetAt(jwksUri).find(algorithm, id) };
  const read = readPublicKey({ algorithm, pem: publicKey ?? '' });
  if (!read) throw new Error(`the stored public key ${key.id} is none`);
  return { algorithm, retireAt, key: await importPublicKey(read, algorithm) };
}
