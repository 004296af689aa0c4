/** By what people can sign in. */
export interface Ways {
  /** People may sign in with a password. */
  readonly passwords: boolean;
  /** Ids of the keys whose tokens are taken. */
  readonly keyIds: readonly string[];
  readonly providers: readonly ProviderWay[];
}

interface ProviderWay {
  readonly name: string;
  /** It is enabled, and has a key where it needs one. */
  readonly isOpen: boolean;
  readonly trustedDomains: readonly string[];
}

/** The domains that other providers are trusted for after a change than before. */
export function changedDomains(before: Ways, after: Ways): string[] {
  const domains = [...before.providers, ...after.providers].flatMap(({ trustedDomains }) => trustedDomains);
  return [...new Set(domains)].filter((domain) => trustedFor(domain, before) !== trustedFor(domain, after));
}

const trustedFor = (domain: string, { providers }: Ways): string =>
  providers
    .filter(({ trustedDomains }) => trustedDomains.includes(domain))
    .map(({ name }) => name)
    .sort()
    .join(' ');
