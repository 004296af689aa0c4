import { type DisplayParameter, displayParameters } from '@sandgate/contracts';

type Query = { readonly [name in DisplayParameter]?: string | undefined };

/**
 * The path with the display parameters that were meant for it: in `…/auth/sso?return_to=/tables/1?logo=false&top_nav=false`, not encoded, the last one is
 * a parameter of the sign-in. What the path says itself counts.
 */
export function keepDisplay(path: string, query: Query): string {
  if (displayParameters.every((name) => query[name] === undefined)) return path;
  const [address = '', fragment] = path.split(/(?=#)/, 2);
  const said = new URLSearchParams(address.split('?').slice(1).join('?'));
  const missing = displayParameters.flatMap((name) => {
    const value = query[name];
    return value === undefined || said.has(name) ? [] : [`${name}=${encodeURIComponent(value)}`];
  });
  if (missing.length === 0) return path;
  return `${address}${address.includes('?') ? '&' : '?'}${missing.join('&')}${fragment ?? ''}`;
}
