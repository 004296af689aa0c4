import { expect, test } from '@jest/globals';
import { type SameSite, sessionCookieHeader, sessionCookieName, sessionCredentialOf } from './session-credential.js';

const http = 'http://localhost:3000';
const https = 'https://dashboards.example';

test.each([
  [http, undefined, 'sandgate.SESSION=t; Path=/; HttpOnly; SameSite=Lax'],
  [https, 'lax', 'sandgate.SESSION=t; Path=/; HttpOnly; SameSite=Lax; Secure'],
  [https, 'strict', 'sandgate.SESSION=t; Path=/; HttpOnly; SameSite=Strict; Secure'],
  [https, 'none', 'sandgate.EMBEDDED_SESSION=t; Path=/; HttpOnly; SameSite=None; Secure; Partitioned'],
  [http, 'none', 'sandgate.EMBEDDED_SESSION=t; Path=/; HttpOnly; SameSite=None; Secure; Partitioned'],
] as [string, SameSite | undefined, string][])(
  'A-49: at %s with SameSite %s the cookie is %s',
  (siteUrl, sameSite, cookie) => {
    expect(sessionCookieHeader('t', { siteUrl, sameSite })).toBe(cookie);
    // A browser only removes a cookie that has the same name and partition.
    expect(sessionCookieHeader('', { siteUrl, sameSite })).toBe(`${cookie.replace('=t', '=')}; Max-Age=0`);
  },
);

test('only the cookie of the setting counts, whatever else the browser still has', () => {
  const headers = { cookie: 'sandgate.SESSION=stale; sandgate.EMBEDDED_SESSION=current' };

  expect(sessionCredentialOf(headers, sessionCookieName('none'))).toEqual({ token: 'current', by: 'cookie' });
  expect(sessionCredentialOf(headers, sessionCookieName('lax'))).toEqual({ token: 'stale', by: 'cookie' });
});
