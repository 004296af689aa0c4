import crypto from 'node:crypto';
import { expect, jest, test } from '@jest/globals';

test('A-13: secrets are compared in constant time, whatever their lengths', async () => {
  const compared = jest.fn(crypto.timingSafeEqual);
  jest.unstable_mockModule('node:crypto', () => ({ ...crypto, timingSafeEqual: compared }));
  const { isSameSecret } = await import('./is-same-secret.js');
  const expected = 'k'.repeat(32);

  for (const presented of ['', 'k', 'k'.repeat(31), 'k'.repeat(33), `${'k'.repeat(31)}l`, `l${'k'.repeat(31)}`])
    expect([presented, isSameSecret(presented, expected)]).toEqual([presented, false]);
  expect(isSameSecret(expected, expected)).toBe(true);
  expect(compared.mock.results.map(({ value }) => value)).toEqual([...Array(6).fill(false), true]);
});
