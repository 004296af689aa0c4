import { generateKeyPairSync } from 'node:crypto';
import { expect, test } from '@jest/globals';
import { type PublicKeyAlgorithm, readPublicKey } from './public-key.js';

const spki = { type: 'spki', format: 'pem' } as const;
const pkcs8 = { type: 'pkcs8', format: 'pem' } as const;
const both = { publicKeyEncoding: spki, privateKeyEncoding: pkcs8 };
const rsa = generateKeyPairSync('rsa', { modulusLength: 2048, ...both });
const p256 = generateKeyPairSync('ec', { namedCurve: 'P-256', ...both });
const ed25519 = generateKeyPairSync('ed25519', both);

const isTaken = (algorithm: PublicKeyAlgorithm, pem: string): boolean =>
  readPublicKey({ algorithm, pem }) !== undefined;

test.each<[PublicKeyAlgorithm, string]>([
  ['RS256', rsa.publicKey],
  ['ES256', p256.publicKey],
  ['EdDSA', ed25519.publicKey],
])('a public key is good for %s and for nothing else', (algorithm, pem) => {
  for (const one of ['RS256', 'ES256', 'EdDSA'] as const) expect(isTaken(one, pem)).toBe(one === algorithm);
});

test.each<[string, PublicKeyAlgorithm, string]>([
  ['a private key', 'RS256', rsa.privateKey],
  ['a private key', 'ES256', p256.privateKey],
  ['a private key', 'EdDSA', ed25519.privateKey],
  ['RSA of 2047 bits', 'RS256', generateKeyPairSync('rsa', { modulusLength: 2047, ...both }).publicKey],
  ['RSA for PSS alone', 'RS256', generateKeyPairSync('rsa-pss', { modulusLength: 2048, ...both }).publicKey],
  ['P-384', 'ES256', generateKeyPairSync('ec', { namedCurve: 'P-384', ...both }).publicKey],
  ['secp256k1', 'ES256', generateKeyPairSync('ec', { namedCurve: 'secp256k1', ...both }).publicKey],
  ['Ed448', 'EdDSA', generateKeyPairSync('ed448', both).publicKey],
  ['X25519', 'EdDSA', generateKeyPairSync('x25519', both).publicKey],
  ['a key that is cut', 'RS256', rsa.publicKey.slice(0, 200)],
  ['text', 'RS256', 'secret'],
])('%s is none for %s', (_what, algorithm, pem) => {
  expect(isTaken(algorithm, pem)).toBe(false);
});

test('an RSA key of the generator whose keys can be factored is none', () => {
  const primes = Array.from({ length: 166 }, (_, index) => index + 2).filter((candidate) =>
    Array.from({ length: candidate - 2 }, (_, index) => index + 2).every((divisor) => candidate % divisor !== 0),
  );
  const product = primes.reduce((all, prime) => all * BigInt(prime), 1n);
  // 65537 to the power of 0 modulo each of them.
  const suspicious = product * ((1n << 2047n) / product + 1n) + 1n;
  const isModulusTaken = (n: bigint): boolean => {
    const jwk = { kty: 'RSA', n: Buffer.from(n.toString(16), 'hex').toString('base64url'), e: 'AQAB' };
    return readPublicKey({ algorithm: 'RS256', jwk }) !== undefined;
  };

  expect(isModulusTaken(suspicious)).toBe(false);
  expect(isModulusTaken(suspicious + 2n)).toBe(true);
});
