import { generateKeyPairSync, type KeyObject } from 'node:crypto';
import { describe, expect, test } from '@jest/globals';
import { cooldownMilliseconds, createKeySet, type KeySet, maxAgeMilliseconds } from './key-set.js';

const rsa = generateKeyPairSync('rsa', { modulusLength: 2048 });
const smallRsa = generateKeyPairSync('rsa', { modulusLength: 1024 });
const p256 = generateKeyPairSync('ec', { namedCurve: 'P-256' });
const p384 = generateKeyPairSync('ec', { namedCurve: 'P-384' });
const ed25519 = generateKeyPairSync('ed25519');

const jwk = (key: KeyObject, more: Record<string, unknown> = {}): Record<string, unknown> => ({
  ...key.export({ format: 'jwk' }),
  ...more,
});

interface Scene {
  readonly set: KeySet;
  /** What the address answers; an error: it does not. */
  body: unknown;
  now: number;
  fetched: number;
  readonly failures: unknown[];
}

function scene(...keys: unknown[]): Scene {
  const state = { body: { keys } as unknown, now: 0, fetched: 0, failures: [] as unknown[] };
  const set = createKeySet('https://provider.example/keys', {
    now: () => state.now,
    tellFailure: (error) => void state.failures.push(error),
    async fetch() {
      state.fetched += 1;
      if (state.body instanceof Error) throw state.body;
      return state.body;
    },
  });
  return Object.assign(state, { set });
}

const count = async (set: KeySet, algorithm: 'RS256' | 'ES256' | 'EdDSA', id?: string): Promise<number | undefined> =>
  (await set.find(algorithm, id))?.length;

describe('a key set', () => {
  test('gives each algorithm its keys, by id where there is one', async () => {
    const { set } = scene(
      jwk(rsa.publicKey, { kid: 'a', use: 'sig', alg: 'RS256' }),
      jwk(p256.publicKey, { kid: 'b' }),
      jwk(ed25519.publicKey, { kid: 'b', alg: 'Ed25519', key_ops: ['verify'] }),
    );

    expect(await count(set, 'RS256', 'a')).toBe(1);
    expect(await count(set, 'RS256')).toBe(1);
    expect(await count(set, 'ES256', 'b')).toBe(1);
    expect(await count(set, 'EdDSA', 'b')).toBe(1);
    expect(await count(set, 'EdDSA', 'a')).toBe(0);
  });

  test.each([
    ['for encryption', jwk(rsa.publicKey, { use: 'enc' })],
    ['for another operation', jwk(rsa.publicKey, { key_ops: ['encrypt'] })],
    ['for another algorithm', jwk(rsa.publicKey, { alg: 'PS256' })],
    ['of 1024 bits', jwk(smallRsa.publicKey)],
    ['on another curve', jwk(p384.publicKey)],
    ['that is symmetric', { kty: 'oct', k: 'c2VjcmV0', alg: 'RS256' }],
    ['that is malformed', { kty: 'RSA', n: 5 }],
    ['that is no point', { kty: 'EC', crv: 'P-256', x: 'AA', y: 'AA' }],
    ['that is none', 'key'],
  ])('leaves out a key %s, and keeps the others', async (_what, key) => {
    const { set } = scene(key, jwk(rsa.publicKey, { kid: 'good' }), jwk(p256.publicKey, { kid: 'good' }));

    expect(await count(set, 'RS256')).toBe(1);
    expect(await count(set, 'ES256')).toBe(1);
  });

  test('takes only the public half of a private key', async () => {
    const { set } = scene(jwk(p256.privateKey));

    expect((await set.find('ES256', undefined))?.[0]).toMatchObject({ type: 'public', usages: ['verify'] });
  });

  test('is fetched once for all who ask at once', async () => {
    const one = scene(jwk(rsa.publicKey, { kid: 'a' }));
    const found = await Promise.all(Array.from({ length: 100 }, () => count(one.set, 'RS256', 'a')));

    expect(new Set(found)).toEqual(new Set([1]));
    expect(one.fetched).toBe(1);
  });

  test('A-12: finds a key that was added since, by its id', async () => {
    const one = scene(jwk(rsa.publicKey, { kid: 'a' }));
    await one.set.find('RS256', 'a');
    one.body = { keys: [jwk(rsa.publicKey, { kid: 'b' })] };

    expect(await Promise.all(['b', 'b', 'b'].map((id) => count(one.set, 'RS256', id)))).toEqual([1, 1, 1]);
    expect(await count(one.set, 'RS256', 'a')).toBe(0);
    expect(one.fetched).toBe(2);
    one.body = { keys: [jwk(rsa.publicKey, { kid: 'c' })] };
    expect(await count(one.set, 'RS256', 'c')).toBe(0);
    one.now += cooldownMilliseconds;
    expect(await count(one.set, 'RS256', 'c')).toBe(1);
  });

  test('A-09: is not fetched again and again for ids that nobody has', async () => {
    const one = scene(jwk(rsa.publicKey, { kid: 'a' }));
    for (let n = 0; n < 1000; n += 1) {
      expect(await count(one.set, 'RS256', `unknown-${n}`)).toBe(0);
      one.now += cooldownMilliseconds / 100;
    }

    expect(one.fetched).toBe(11);
    expect(await count(one.set, 'RS256', 'a')).toBe(1);
  });

  test('keeps the last good keys while its address fails or answers nonsense', async () => {
    const one = scene(jwk(rsa.publicKey, { kid: 'a' }));
    await one.set.find('RS256', 'a');
    for (const body of [new Error('down'), 'nonsense', { keys: 'none' }, { keys: Array(101).fill({}) }]) {
      one.body = body;
      one.now += cooldownMilliseconds;
      expect(await count(one.set, 'RS256', 'b')).toBe(0);
      expect(await count(one.set, 'RS256', 'a')).toBe(1);
    }
    expect(one.fetched).toBe(5);
    expect(one.failures.map(String)).toEqual(['Error: down', ...Array(3).fill('Error: answered no JSON Web Key Set')]);
  });

  test('that was never fetched is unknown, and is tried again after the cooldown', async () => {
    const one = scene(jwk(rsa.publicKey));
    const { body } = one;
    one.body = new Error('down');

    expect(await count(one.set, 'RS256')).toBeUndefined();
    expect(await count(one.set, 'RS256')).toBeUndefined();
    expect(one.fetched).toBe(1);
    expect(one.failures).toHaveLength(1);
    one.body = body;
    one.now += cooldownMilliseconds;
    expect(await count(one.set, 'RS256')).toBe(1);
  });

  test('that is old is renewed while the keys that are there go on working', async () => {
    const one = scene(jwk(rsa.publicKey, { kid: 'a' }));
    await one.set.find('RS256', 'a');
    one.body = { keys: [] };
    one.now += maxAgeMilliseconds + 1;

    expect(await count(one.set, 'RS256', 'a')).toBe(1);
    expect(one.fetched).toBe(2);
    await new Promise(setImmediate);
    expect(await count(one.set, 'RS256', 'a')).toBe(0);
  });
});
