import { isIPv4, isIPv6 } from 'node:net';

/**
 * Where a request comes from, as limits and records tell sources apart: the address, of IPv6 the network of 64 bits, all of which one
 * subscriber has (RFC 6177). `unknown` for what is no address.
 */
export function sourceOf(address: string | undefined): string {
  const bare = address?.replace(/^::ffff:(?=\d+\.)/i, '').replace(/%.*$/, '') ?? '';
  if (isIPv4(bare)) return bare;
  return isIPv6(bare) ? `${networkOf(bare)}::/64` : 'unknown';
}

function networkOf(address: string): string {
  const [head = '', tail] = address.split('::').map((part) => part.split(':').filter((group) => group !== ''));
  const groups = tail === undefined ? [...head] : [...head, ...Array(8 - head.length - tail.length).fill('0'), ...tail];
  return groups
    .slice(0, 4)
    .map((group) => Number.parseInt(group, 16).toString(16))
    .join(':');
}
