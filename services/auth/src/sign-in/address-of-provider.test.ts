import { expect, test } from '@jest/globals';
import { withReturnTo } from './address-of-provider.js';

test.each([
  ['https://app.example/sso', 'https://app.example/sso?return_to=%2Fq%2F1%3Fa%3Db%26c%3Dd%23e'],
  ['https://app.example/sso?tenant=5', 'https://app.example/sso?tenant=5&return_to=%2Fq%2F1%3Fa%3Db%26c%3Dd%23e'],
  ['https://app.example/#/sso', 'https://app.example/?return_to=%2Fq%2F1%3Fa%3Db%26c%3Dd%23e#/sso'],
])('the way back is one encoded parameter of %s', (uri, expected) => {
  expect(withReturnTo(uri, '/q/1?a=b&c=d#e')).toBe(expected);
});
