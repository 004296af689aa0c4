import { Failure } from '@sandgate/contracts';

const unsafeCharacters = /[\u0000-\u001f\u007f\\]/;

/**
 * Checks where a sign-in may lead and answers it as path, query and fragment on this site; `/` when there is none. Resolved as a browser
 * would (WHATWG URL), then looked at once more, because `/a/..//host` is harmless before dot segments are resolved and hostile after.
 * Throws `auth.return_to_unsafe`.
 */
export function checkReturnTo(returnTo: string | undefined, siteUrl: string): string {
  if (returnTo === undefined || returnTo === '') return '/';
  if (unsafeCharacters.test(returnTo) || !URL.canParse(returnTo, siteUrl)) throw new Failure('auth.return_to_unsafe');
  const target = new URL(returnTo, siteUrl);
  const path = `${target.pathname}${target.search}${target.hash}`;
  const staysHere =
    target.origin === new URL(siteUrl).origin &&
    target.username === '' &&
    target.password === '' &&
    !target.pathname.startsWith('//') &&
    new URL(path, siteUrl).origin === target.origin;
  if (!staysHere) throw new Failure('auth.return_to_unsafe');
  // Back to where the sign-in itself lives would be a loop.
  return /^\/auth(?:\/|$)/i.test(target.pathname) ? '/' : path;
}
