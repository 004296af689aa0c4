import type { CookieSettings } from '@sandgate/service-kit';

interface FetchMetadata {
  readonly 'sec-fetch-dest'?: string | undefined;
  readonly 'sec-fetch-site'?: string | undefined;
}

/**
 * Where the cookie may not come along at once, or not at all, a page looks whether it does: after a redirect that another site has begun, with
 * SameSite=Strict (RFC 6265bis section 5.2), and in a frame of another site. A page without its session would send the browser to sign in again, and again.
 */
export function wayOn(path: string, headers: FetchMetadata, { sameSite }: CookieSettings): string {
  const isOwn = /^(?:same-origin|same-site|none)$/.test(headers['sec-fetch-site'] ?? '');
  const isFrame = /^(?:i?frame|embed|object)$/.test(headers['sec-fetch-dest'] ?? '');
  return !isOwn && (isFrame || sameSite === 'strict') ? `/auth/arrived?return_to=${encodeURIComponent(path)}` : path;
}
