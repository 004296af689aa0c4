import type { IncomingHttpHeaders } from 'node:http';

export type SameSite = 'lax' | 'strict' | 'none';

/**
 * A partitioned cookie and one that is not live side by side in a browser. Under one name the stale one could win after the setting has changed,
 * so each has its own, and only that of the setting is looked at.
 */
export const sessionCookieName = (sameSite: SameSite = 'lax'): string =>
  sameSite === 'none' ? 'sandgate.EMBEDDED_SESSION' : 'sandgate.SESSION';

export interface SessionCredential {
  readonly token: string;
  /**
   * A browser attaches a cookie by itself, so a request that it signs needs proof that this site made it. What comes as an API key is
   * looked for among the API keys only, and nothing else is.
   */
  readonly by: 'cookie' | 'header' | 'api-key';
}

/** What an API key begins with, so that a bearer token shows what it is, and secret scanners find it. */
export const apiKeyPrefix = 'sgk_';

/** The session or API key that a request carries. A header wins over the cookie: somebody set it on purpose. */
export function sessionCredentialOf(headers: IncomingHttpHeaders, cookieName: string): SessionCredential | undefined {
  const apiKey = headers['x-api-key'];
  if (typeof apiKey === 'string' && apiKey !== '') return { token: apiKey, by: 'api-key' };
  const session = headers['x-metabase-session'];
  const header = session ?? bearerOf(headers);
  if (typeof header === 'string' && header !== '') {
    const isApiKey = session === undefined && header.startsWith(apiKeyPrefix);
    return { token: header, by: isApiKey ? 'api-key' : 'header' };
  }
  const cookie = cookieOf(headers.cookie, cookieName);
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

export interface CookieSettings {
  readonly siteUrl: string;
  /** `lax` unless told. */
  readonly sameSite?: SameSite | undefined;
}

const attributes = {
  lax: '; SameSite=Lax',
  strict: '; SameSite=Strict',
  // Kept apart for each site that shows this one in a frame, which is why browsers let it through (CHIPS, draft-cutler-httpbis-partitioned-cookies).
  none: '; SameSite=None; Secure; Partitioned',
} as const satisfies Record<SameSite, string>;

/** `Set-Cookie` for the session, or to remove it when the token is empty. Secure when the site is https, and always where SameSite is none. */
export function sessionCookieHeader(token: string, { siteUrl, sameSite = 'lax' }: CookieSettings): string {
  const secure = siteUrl.startsWith('https:') && sameSite !== 'none' ? '; Secure' : '';
  const removed = token === '' ? '; Max-Age=0' : '';
  return `${sessionCookieName(sameSite)}=${token}; Path=/; HttpOnly${attributes[sameSite]}${secure}${removed}`;
}
