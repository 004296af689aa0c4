import { generateKeyPairSync, sign, verify } from 'node:crypto';
import { describe, expect, test } from '@jest/globals';
import { canonicalSignature } from './canonical-signature.js';

const order = 0xffffffff00000000ffffffffffffffffbce6faada7179e84f3b9cac2fc632551n;
const { privateKey, publicKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' });
const input = Buffer.from('header.payload');

const otherForm = (signature: Buffer): Buffer => {
  const s = order - BigInt(`0x${signature.subarray(32).toString('hex')}`);
  return Buffer.concat([signature.subarray(0, 32), Buffer.from(s.toString(16).padStart(64, '0'), 'hex')]);
};

describe('a signature of ES256', () => {
  test('A-23: is the same in both of its forms, and another one is another', () => {
    const seen = new Set<string>();
    for (let n = 0; n < 50; n += 1) {
      const signature = sign('sha256', input, { key: privateKey, dsaEncoding: 'ieee-p1363' });
      const other = otherForm(signature);
      for (const form of [signature, other])
        expect(verify('sha256', input, { key: publicKey, dsaEncoding: 'ieee-p1363' }, form)).toBe(true);

      const canonical = canonicalSignature(signature, 'ES256');
      expect(canonicalSignature(other, 'ES256')).toEqual(canonical);
      expect([signature.toString('hex'), other.toString('hex')]).toContain(canonical.toString('hex'));
      seen.add(canonical.toString('hex'));
    }
    expect(seen.size).toBe(50);
  });
});

test.each(['HS256', 'RS256', 'EdDSA'] as const)('a signature of %s has one form', (algorithm) => {
  const bytes = Buffer.alloc(64, 0xff);
  expect(canonicalSignature(bytes, algorithm)).toBe(bytes);
});
