import { describe, expect, test } from '@jest/globals';
import { Failure } from '@sandgate/contracts';
import fc from 'fast-check';
import { checkReturnTo } from './return-to.js';

const site = 'http://localhost:3000';

describe('A-41 A-42: where a sign-in may lead', () => {
  test.each([
    [undefined, '/'],
    ['', '/'],
    ['/', '/'],
    ['/test', '/test'],
    ['localhost', '/localhost'],
    ['http://localhost:3000', '/'],
    ['http://localhost:3000/dashboard/1-test?currency=British%20Pound', '/dashboard/1-test?currency=British%20Pound'],
    ['/question/1?logo=false&top_nav=false#x', '/question/1?logo=false&top_nav=false#x'],
    ['/a/../b', '/b'],
  ])('%j leads to %j', (returnTo, path) => {
    expect(checkReturnTo(returnTo, site)).toBe(path);
  });

  test.each([
    'http://example.com',
    '//example.com',
    '///example.com',
    '/\\example.com',
    '\\\\example.com',
    '/\t/example.com',
    '\n//example.com',
    'https:///badsite.com',
    'https://localhost:3000/',
    'http://localhost:3001/',
    'http://localhost:3000@example.com/',
    'http://user@localhost:3000/',
    'http://localhost.example.com/',
    'javascript:alert(1)',
    'data:text/html,x',
    'localhost:3000',
    '/..//example.com',
    '/.//example.com',
    '/a/..//example.com',
    '/%2e%2e//example.com',
    '/path\r\nSet-Cookie: x=1',
    'http://[::1',
  ])('%j is refused', (returnTo) => {
    expect(() => checkReturnTo(returnTo, site)).toThrow(expect.objectContaining({ code: 'auth.return_to_unsafe' }));
  });

  test.each(['/auth/sso', '/auth/sso/?x=1', '/a/../auth/sso', '/AUTH/sso', '/auth/logout', '/auth'])(
    'A-44: %j would be a loop, so it leads to the start page',
    (returnTo) => {
      expect(checkReturnTo(returnTo, site)).toBe('/');
    },
  );

  test('whatever is accepted stays on this site for a browser', () => {
    const piece = fc.constantFrom(
      '/',
      '\\',
      '.',
      '..',
      '%2e',
      '//',
      'http:',
      'https://',
      '@',
      ':',
      '?',
      '#',
      'evil.example',
      ' ',
      '\t',
      'a',
    );
    const tricky = fc.array(piece, { maxLength: 8 }).map((pieces) => pieces.join(''));
    fc.assert(
      fc.property(fc.oneof(tricky, fc.string(), fc.webUrl()), (returnTo) => {
        let location: string;
        try {
          location = checkReturnTo(returnTo, site);
        } catch (error) {
          expect(error).toBeInstanceOf(Failure);
          return;
        }
        expect(location).toMatch(/^\/(?!\/)/);
        expect(new URL(location, site).origin).toBe(site);
      }),
      { numRuns: 2000 },
    );
  });
});
