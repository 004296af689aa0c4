import { expect, test } from '@jest/globals';
import jwt from 'jsonwebtoken';
import type { Person } from './people.js';
import { sandgateFrameUrl, signUserToken } from './sandgate.js';

const sharedSecret = 'a signing key of the tests, longer than 32 bytes';
const ada: Person = {
  email: 'ada@acme.example',
  password: 'never in a token',
  firstName: 'Ada',
  lastName: 'Moreno',
  groups: ['Customer-Acme'],
  accountId: 28,
  about: 'never in a token',
};

const claimsOf = (person: Person) =>
  jwt.verify(signUserToken(person, sharedSecret), sharedSecret, { algorithms: ['HS256'] }) as jwt.JwtPayload;

test('a token says who the person is, in exactly the claims that Sandgate reads', () => {
  const { iat, exp, ...claims } = claimsOf(ada);

  expect(claims).toEqual({
    email: 'ada@acme.example',
    first_name: 'Ada',
    last_name: 'Moreno',
    groups: ['Customer-Acme'],
    account_id: 28,
  });
});

test('a token is good for ten minutes from now', () => {
  const before = Math.floor(Date.now() / 1000);
  const { iat, exp } = claimsOf(ada);

  expect(iat).toBeGreaterThanOrEqual(before);
  expect(exp).toBe(Number(iat) + 600);
});

test('several accounts of a person are a list in the token', () => {
  expect(claimsOf({ ...ada, accountId: [28, 41] }).account_id).toEqual([28, 41]);
});

test('a person without an account has no account claim at all', () => {
  const { accountId, ...withoutAccount } = ada;

  expect(Object.keys(claimsOf(withoutAccount))).not.toContain('account_id');
});

test('a token does not verify with another key', () => {
  const token = signUserToken(ada, sharedSecret);

  expect(() => jwt.verify(token, `another ${sharedSecret}`, { algorithms: ['HS256'] })).toThrow('invalid signature');
});

test('the frame keeps the query of the page that it shows', () => {
  const frame = new URL(sandgateFrameUrl('/tables/1?logo=false&top_nav=false'), 'http://host.example');

  expect([...frame.searchParams]).toEqual([['return_to', '/tables/1?logo=false&top_nav=false']]);
});
