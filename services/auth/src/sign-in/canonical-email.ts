/** Characters of an unquoted local part (RFC 5322 section 3.2.3, `atext`), in lower case. */
const localPart = /^[a-z0-9!#$%&'*+/=?^_`{|}~-]+(?:\.[a-z0-9!#$%&'*+/=?^_`{|}~-]+)*$/;
/** Letters, digits and hyphens (RFC 1123 section 2.1); a name in another script arrives as `xn--`. */
const label = /^[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?$/;

/**
 * The canonical form of an e-mail address, by which accounts are found and kept: ASCII, lower case, unquoted, at most 254 characters.
 * Nothing is trimmed, folded or normalised, because whatever maps two addresses to one hands an account to somebody else.
 * Undefined for what is not such an address. It is computed here only; the database compares byte by byte.
 */
export function canonicalEmail(address: unknown): string | undefined {
  // First of all ASCII: the Kelvin sign is a `k` for toLowerCase.
  if (typeof address !== 'string' || address.length > 254 || !/^[!-~]+$/.test(address)) return undefined;
  const canonical = address.toLowerCase();
  const [local, domain, ...more] = canonical.split('@');
  if (local === undefined || domain === undefined || more.length > 0) return undefined;
  const isAddress = local.length <= 64 && localPart.test(local) && domain.split('.').every((part) => label.test(part));
  return isAddress ? canonical : undefined;
}
