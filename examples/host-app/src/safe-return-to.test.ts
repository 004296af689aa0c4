import { expect, test } from '@jest/globals';
import { safeReturnTo } from './safe-return-to.js';

test.each(['/', '/analytics', '/sso/sandgate?return_to=%2Ftables%2F1%3Flogo%3Dfalse', '/a?b=//c'])(
  'a path of this application is kept: %s',
  (returnTo) => {
    expect(safeReturnTo(returnTo)).toBe(returnTo);
  },
);

test.each([
  'https://evil.example/',
  '//evil.example',
  '///evil.example',
  '/\\evil.example',
  '\\\\evil.example',
  '/\t/evil.example',
  ' //evil.example',
  '/..//evil.example',
  '/.//evil.example',
  '/a/..//evil.example',
  '/%2e%2e//evil.example',
  'javascript:alert(1)',
  'analytics',
  '',
  undefined,
  ['/analytics', '/analytics'],
])('anything that could lead elsewhere becomes the first page: %j', (returnTo) => {
  expect(safeReturnTo(returnTo)).toBe('/');
});
