import { createHmac } from 'node:crypto';
import { expect, test } from '@jest/globals';
import { checkVectors } from './check-vectors.js';

const secret = Buffer.from('0123456789abcdef0123456789abcdef');
const encode = (text: string): string => Buffer.from(text).toString('base64url');
const input = `${encode('{"alg":"HS256"}')}.${encode('foo')}`;
const token = `${input}.${createHmac('sha256', secret).update(input).digest('base64url')}`;

const fileWith = (...tests: { jws: unknown; result: string }[]): unknown => ({
  testGroups: [
    {
      comment: 'hs256',
      private: { kty: 'oct', alg: 'HS256', k: secret.toString('base64url') },
      tests: tests.map((one, index) => ({ tcId: index + 1, comment: 'a token', ...one })),
    },
  ],
});

test('vectors that Sandgate takes as the file says are counted', async () => {
  const file = fileWith(
    { jws: token, result: 'valid' },
    { jws: `${token}A`, result: 'invalid' },
    { jws: {}, result: 'invalid' },
  );

  expect(await checkVectors(file)).toEqual({ accepted: 1, refused: 2, disagreements: [] });
});

test('vectors on which Sandgate and the file differ are told, with the reason of a refusal', async () => {
  const file = fileWith({ jws: token, result: 'invalid' }, { jws: `${token}=`, result: 'valid' });

  expect((await checkVectors(file)).disagreements).toEqual([
    { group: 'hs256', id: 1, what: 'a token', said: 'invalid' },
    { group: 'hs256', id: 2, what: 'a token', said: 'valid', code: 'auth.token_malformed' },
  ]);
});

test('a file that says both of one token is told where it contradicts itself', async () => {
  const file = fileWith({ jws: token, result: 'valid' }, { jws: token, result: 'invalid' });

  expect((await checkVectors(file)).disagreements).toEqual([
    { group: 'hs256', id: 2, what: 'a token', said: 'invalid', contradicts: 1 },
  ]);
});

test('a file that is none is refused, not counted as passed', async () => {
  await expect(checkVectors({ tests: [] })).rejects.toThrow('testGroups');
});
