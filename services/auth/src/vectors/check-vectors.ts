import { Failure } from '@sandgate/contracts';
import { z } from 'zod';
import { createKeySet } from '../providers/key-set.js';
import { readToken } from '../sign-in/read-token.js';
import { type VerificationKey, verifySignature } from '../sign-in/verify-token.js';

/** A vector on which the file and Sandgate differ. */
export interface Disagreement {
  readonly group: string;
  readonly id: number;
  readonly what: string;
  readonly said: 'valid' | 'invalid';
  /** Code of the refusal; absent for what was accepted. */
  readonly code?: string;
  /** A vector of the group with the same token, byte for byte, that the file says the opposite of: it is the file that is wrong about one of the two. */
  readonly contradicts?: number;
}

export interface CheckedVectors {
  readonly accepted: number;
  readonly refused: number;
  readonly disagreements: readonly Disagreement[];
}

const SymmetricKey = z.looseObject({ kty: z.literal('oct'), k: z.string(), alg: z.string().optional() });
const KeySet = z.looseObject({ keys: z.array(z.unknown()) });
/** Wycheproof, version 1 of the schemas for JSON web signatures, keys and crypto. */
const VectorFile = z.object({
  testGroups: z.array(
    z.object({
      comment: z.string(),
      public: z.unknown().optional(),
      private: z.unknown().optional(),
      tests: z.array(
        z.object({
          tcId: z.int(),
          comment: z.string(),
          jws: z.unknown().optional(),
          jwe: z.unknown().optional(),
          result: z.enum(['valid', 'invalid']),
        }),
      ),
    }),
  ),
});

/**
 * Gives every token of a file in Wycheproof's format to the gate and the verification of `/auth/sso`, under the keys of its group: a symmetric
 * key as the secret of a provider, anything else as what a key set address answers. Throws when the file is none.
 */
export async function checkVectors(file: unknown): Promise<CheckedVectors> {
  let accepted = 0;
  let refused = 0;
  const disagreements: Disagreement[] = [];
  for (const group of VectorFile.parse(file).testGroups) {
    const keys = await keysFrom(group.public ?? group.private);
    for (const { tcId: id, comment: what, result: said, ...test } of group.tests) {
      const given = textOf(test);
      const code = await refusalOf(given, keys);
      if (code === undefined) accepted += 1;
      else refused += 1;
      if ((code === undefined) === (said === 'valid')) continue;
      const contradicts = group.tests.find((other) => other.result !== said && textOf(other) === given)?.tcId;
      disagreements.push({
        group: group.comment,
        id,
        what,
        said,
        ...(code !== undefined && { code }),
        ...(contradicts !== undefined && { contradicts }),
      });
    }
  }
  return { accepted, refused, disagreements };
}

/** What is presented as a token: published test data, and no secret. */
const textOf = ({ jws, jwe }: { jws?: unknown; jwe?: unknown }): string => {
  const value = jws ?? jwe;
  return typeof value === 'string' ? value : JSON.stringify(value);
};

async function refusalOf(token: string, keys: ReadonlyMap<string, VerificationKey>): Promise<string | undefined> {
  try {
    await verifySignature(token, readToken(token), { keys, now: Date.now() / 1000 });
    return undefined;
  } catch (error) {
    if (error instanceof Failure) return error.code;
    throw error;
  }
}

async function keysFrom(given: unknown): Promise<ReadonlyMap<string, VerificationKey>> {
  const secret = SymmetricKey.safeParse(given);
  if (secret.success) return secretsFrom(secret.data);
  const answered = KeySet.safeParse(given).success ? given : { keys: [given] };
  const set = createKeySet('the vectors', {
    fetch: async () => answered,
    now: () => performance.now(),
    tellFailure: () => undefined,
  });
  const algorithms = ['RS256', 'ES256', 'EdDSA'] as const;
  return new Map(
    algorithms.map((algorithm) => [
      algorithm,
      { algorithm, find: (id: string | undefined) => set.find(algorithm, id) },
    ]),
  );
}

/** A secret is for HS256 and for nothing else, and never shorter than its hash (RFC 7518 section 3.2). */
async function secretsFrom({ k, alg, kid }: z.infer<typeof SymmetricKey>): Promise<Map<string, VerificationKey>> {
  const bytes = Buffer.from(k, 'base64url');
  if ((alg ?? 'HS256') !== 'HS256' || bytes.length < 32) return new Map();
  const key = await crypto.subtle.importKey('raw', bytes, { name: 'HMAC', hash: 'SHA-256' }, false, ['verify']);
  return new Map([[typeof kid === 'string' ? kid : 'secret', { algorithm: 'HS256', key }]]);
}
