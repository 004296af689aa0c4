import type { SigningAlgorithm } from '@sandgate/contracts';

/** Order of the group of P-256 (SEC 2 section 2.4.2). */
const order = 0xffffffff00000000ffffffffffffffffbce6faada7179e84f3b9cac2fc632551n;
const halfLength = 32;

/**
 * The same bytes for every form of a signature that is right. ES256 alone has two: whoever sees (r, s) can write (r, n − s), which verifies
 * as well, and would otherwise be a token that nobody has used yet. It is never a reason to refuse: half of all signers write the one, half the other.
 */
export function canonicalSignature(signature: Buffer, algorithm: SigningAlgorithm): Buffer {
  if (algorithm !== 'ES256') return signature;
  const s = BigInt(`0x${signature.toString('hex', halfLength)}`);
  if (s <= order - s) return signature;
  const other = (order - s).toString(16).padStart(2 * halfLength, '0');
  return Buffer.concat([signature.subarray(0, halfLength), Buffer.from(other, 'hex')]);
}
