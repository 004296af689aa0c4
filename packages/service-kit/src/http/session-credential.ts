import type { IncomingHttpHeaders } from 'node:http';

export const sessionCookie = 'sandgate.SESSION';

export interface SessionCredential {
  readonly token: string;
  /** A browser attaches a cookie by itself, so a request that it signs needs proof that this site made it. */
  readonly by: 'cookie' | 'header';
}

/** The session that a request carries. A header wins over the cookie: somebody set it on purpose. */
export function sessionCredentialOf(headers: IncomingHttpHeaders): SessionCredential | undefined {
  const header = headers['x-metabase-session'] ?? bearerOf(headers);
  if (typeof header === 'string' && header !== '') return { token: header, by: 'header' };
  const cookie = cookieOf(headers.cookie, sessionCookie);
  return cookie === undefined || cookie === '' ? undefined : { token: cookie, by: 'cookie' };
}

/** RFC 6750 section 2.1. */
export const bearerOf = (headers: IncomingHttpHeaders): string | undefined =>
  /^Bearer +([\w~+/.=-]+)$/i.exec(headers.authorization ?? '')?.[1];

const cookieOf = (header: string | undefined, name: string): string | undefined => cookiesOf(header).get(name);

/** Cookies by name; of two of one name the first (RFC 6265 section 5.4: the one with the longest path comes first). */
export function cookiesOf(header: string | undefined): ReadonlyMap<string, string> {
  const cookies = new Map<string, string>();
  for (const part of header?.split(';') ?? []) {
    const at = part.indexOf('=');
    const name = part.slice(0, at).trim();
    if (at > 0 && !cookies.has(name)) cookies.set(name, part.slice(at + 1).trim());
  }
  return cookies;
}

/** `Set-Cookie` for the session, or to remove it when the token is empty. Secure when the site is https. */
export function sessionCookieHeader(token: string, site: { siteUrl: string }): string {
  const secure = site.siteUrl.startsWith('https:') ? '; Secure' : '';
  const removed = token === '' ? '; Max-Age=0' : '';
  return `${sessionCookie}=${token}; Path=/; HttpOnly; SameSite=Lax${secure}${removed}`;
}
