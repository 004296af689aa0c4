const HERE = 'http://host-app.invalid';

/**
 * The path and query of this application to go to after signing in; anything that a browser could take for another site
 * becomes `/`. The result is what was checked: dot segments are resolved, so none can turn it into `//another.site` later.
 */
export function safeReturnTo(returnTo: unknown): string {
  if (typeof returnTo !== 'string' || !returnTo.startsWith('/') || !URL.canParse(returnTo, HERE)) return '/';
  const url = new URL(returnTo, HERE);
  return url.origin === HERE && !url.pathname.startsWith('//') ? url.pathname + url.search : '/';
}
