import { z } from 'zod';
import { StorableText } from '../attribute.js';

/** Of a provider of any kind. */
export const ClaimName = StorableText.min(1).max(128);

export const DomainName = z
  .string()
  .max(253)
  .regex(
    /^[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?(?:\.[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?)*$/,
    'must be a domain in lower case',
  );

/** https, or http on this machine; without a user or a fragment. What Sandgate fetches of a provider lies at such an address only. */
export function isProviderAddress(address: string): boolean {
  if (!URL.canParse(address)) return false;
  const { protocol, hostname, username, password, hash } = new URL(address);
  const isThisMachine = /^(?:localhost|.+\.localhost|127(?:\.\d{1,3}){3}|\[::1\])$/.test(hostname);
  return (protocol === 'https:' || (protocol === 'http:' && isThisMachine)) && username + password + hash === '';
}
