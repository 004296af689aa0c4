import { createPublicKey, type JsonWebKey, type KeyObject } from 'node:crypto';
import type { SigningAlgorithm } from '@sandgate/contracts';
import type { CryptoKey } from 'jose';

export type PublicKeyAlgorithm = Exclude<SigningAlgorithm, 'HS256'>;
type GivenKey = { readonly algorithm: PublicKeyAlgorithm } & ({ readonly pem: string } | { readonly jwk: JsonWebKey });

/**
 * A public key that suits the algorithm: RSA of at least 2048 bits (RFC 7518 section 3.3), P-256 (section 3.4), Ed25519 (RFC 8037).
 * Undefined for anything else; the PEM of a private key is anything else, and so is an RSA key that can be factored (CVE-2017-15361).
 */
export function readPublicKey({ algorithm, ...given }: GivenKey): KeyObject | undefined {
  if ('pem' in given && !/^\s*-----BEGIN PUBLIC KEY-----/.test(given.pem)) return undefined;
  try {
    const key = createPublicKey('pem' in given ? given.pem : { key: given.jwk, format: 'jwk' });
    return suits[algorithm](key) && !isGuessable(key) ? key : undefined;
  } catch {
    // What OpenSSL has to say of it helps nobody.
    return undefined;
  }
}

const suits: Record<PublicKeyAlgorithm, (key: KeyObject) => boolean> = {
  RS256: ({ asymmetricKeyType: type, asymmetricKeyDetails: { modulusLength = 0, publicExponent = 0n } = {} }) =>
    type === 'rsa' && modulusLength >= 2048 && publicExponent >= 3n,
  ES256: ({ asymmetricKeyType: type, asymmetricKeyDetails }) =>
    type === 'ec' && asymmetricKeyDetails?.namedCurve === 'prime256v1',
  EdDSA: ({ asymmetricKeyType: type }) => type === 'ed25519',
};

/**
 * Whether some library made the RSA key from primes that are powers of 65537 modulo many small primes, so that it can be factored (Nemec et al.,
 * The Return of Coppersmith's Attack, 2017).
 */
function isGuessable(key: KeyObject): boolean {
  const { n } = key.export({ format: 'jwk' });
  if (key.asymmetricKeyType !== 'rsa' || n === undefined) return false;
  const modulus = BigInt(`0x${Buffer.from(n, 'base64url').toString('hex')}`);
  return smallPrimes.every((prime) => powersOf65537(prime).has(Number(modulus % BigInt(prime))));
}

const smallPrimes = Array.from({ length: 166 }, (_, index) => index + 2).filter((candidate) => {
  for (let divisor = 2; divisor < candidate; divisor += 1) if (candidate % divisor === 0) return false;
  return true;
});

function powersOf65537(prime: number): ReadonlySet<number> {
  const powers = new Set<number>();
  for (let power = 1 % prime; !powers.has(power); power = (power * (65_537 % prime)) % prime) powers.add(power);
  return powers;
}

const parameters = {
  RS256: { name: 'RSASSA-PKCS1-v1_5', hash: 'SHA-256' },
  ES256: { name: 'ECDSA', namedCurve: 'P-256' },
  EdDSA: { name: 'Ed25519' },
} satisfies Record<PublicKeyAlgorithm, object>;

/** The form in which jose takes it, good for verifying with this algorithm alone. */
export const importPublicKey = (key: KeyObject, algorithm: PublicKeyAlgorithm): Promise<CryptoKey> =>
  crypto.subtle.importKey('spki', key.export({ type: 'spki', format: 'der' }), parameters[algorithm], false, [
    'verify',
  ]);

/** The key is the UTF-8 bytes of its text, as common JWT libraries take a string. */
export const importSecret = (secret: string): Promise<CryptoKey> =>
  crypto.subtle.importKey('raw', new TextEncoder().encode(secret), { name: 'HMAC', hash: 'SHA-256' }, false, [
    'verify',
  ]);
