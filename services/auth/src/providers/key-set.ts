import type { CryptoKey } from 'jose';
import { z } from 'zod';
import { importPublicKey, type PublicKeyAlgorithm, readPublicKey } from './public-key.js';

/** The public keys at one address. */
export interface KeySet {
  /**
   * Keys of the algorithm, those of the id where one is given; there may be none. An id that is not there is looked for again, outside the
   * cooldown. Undefined while nothing was ever fetched.
   */
  find(algorithm: PublicKeyAlgorithm, id: string | undefined): Promise<readonly CryptoKey[] | undefined>;
}

interface KeySetOptions {
  /** Answers the JSON at an address. */
  readonly fetch: (address: string) => Promise<unknown>;
  /** Milliseconds of a clock that is never set back. */
  readonly now: () => number;
  /** Learns of each request that failed, of which there is at most one in the cooldown. */
  readonly tellFailure: (error: unknown) => void;
}

/** An unknown key id costs the provider at most one request in this time, however many tokens name one. */
export const cooldownMilliseconds = 10_000;
/** So long a key that the provider has withdrawn may be taken, as long as the provider answers. */
export const maxAgeMilliseconds = 600_000;

/**
 * Fetches the keys at an address when they are first needed, when a token names one that is not there, and in the background when they are
 * old. Calls share the request under way; one that fails leaves the last good keys in place.
 */
export function createKeySet(address: string, { fetch, now, tellFailure }: KeySetOptions): KeySet {
  let keys: readonly ImportedKey[] | undefined;
  let fetchedAt = Number.NEGATIVE_INFINITY;
  let attemptedAt = Number.NEGATIVE_INFINITY;
  let underWay: Promise<void> | undefined;

  const refresh = async (): Promise<void> => {
    if (underWay === undefined && now() - attemptedAt >= cooldownMilliseconds) {
      attemptedAt = now();
      underWay = fetch(address)
        .then(importKeys)
        .then((fetched) => {
          // After the first time an id may be missing at once, without anybody's ill will.
          if (keys === undefined) attemptedAt = Number.NEGATIVE_INFINITY;
          keys = fetched;
          fetchedAt = now();
        })
        // Whoever asked finds the last good keys, or none.
        .catch(tellFailure)
        .finally(() => void (underWay = undefined));
    }
    await underWay;
  };
  const known = (algorithm: PublicKeyAlgorithm, id: string | undefined): readonly CryptoKey[] | undefined =>
    keys?.filter((one) => one.algorithm === algorithm && (id === undefined || one.id === id)).map(({ key }) => key);

  return {
    async find(algorithm, id) {
      if (keys !== undefined && now() - fetchedAt > maxAgeMilliseconds) void refresh();
      const found = known(algorithm, id);
      if (found !== undefined && (id === undefined || found.length > 0)) return found;
      await refresh();
      return known(algorithm, id);
    },
  };
}

interface ImportedKey {
  readonly id: string | undefined;
  readonly algorithm: PublicKeyAlgorithm;
  readonly key: CryptoKey;
}

const Text = z.string().optional();
const purpose = {
  kid: Text,
  alg: Text,
  use: z.literal('sig').optional(),
  key_ops: z
    .array(z.string())
    .refine((operations) => operations.includes('verify'))
    .optional(),
};
const Member = z.string();
/** Public members only (RFC 7518 section 6, RFC 8037 section 2); a symmetric key has none. */
const Key = z.discriminatedUnion('kty', [
  z.object({ ...purpose, kty: z.literal('RSA'), n: Member, e: Member }),
  z.object({ ...purpose, kty: z.literal('EC'), crv: Member, x: Member, y: Member }),
  z.object({ ...purpose, kty: z.literal('OKP'), crv: Member, x: Member }),
]);
/** A key that is not understood is as good as not there (RFC 7517 section 5). */
const Keys = z.object({ keys: z.array(Key.optional().catch(undefined)).max(100) });

/** What a key of the type is for, and how a set may call that (RFC 9864 section 2.2 renames EdDSA). */
const algorithmOf = {
  RSA: { algorithm: 'RS256', names: ['RS256'] },
  EC: { algorithm: 'ES256', names: ['ES256'] },
  OKP: { algorithm: 'EdDSA', names: ['EdDSA', 'Ed25519'] },
} as const;

async function importKeys(body: unknown): Promise<ImportedKey[]> {
  const imported: ImportedKey[] = [];
  const read = Keys.safeParse(body);
  if (!read.success) throw new Error('answered no JSON Web Key Set');
  for (const jwk of read.data.keys) {
    if (jwk === undefined) continue;
    const { algorithm, names } = algorithmOf[jwk.kty];
    const isForIt = jwk.alg === undefined || (names as readonly string[]).includes(jwk.alg);
    const key = isForIt ? readPublicKey({ jwk, algorithm }) : undefined;
    if (key) imported.push({ id: jwk.kid, algorithm, key: await importPublicKey(key, algorithm) });
  }
  return imported;
}
