import { Failure } from '@sandgate/contracts';

/** What a request without a token asks for. */
export interface AskedProvider {
  readonly provider?: string | undefined;
  readonly preferredMethod?: string | undefined;
}

/**
 * Decides where a browser without a token signs in: a name is an OpenID Connect provider, undefined a JWT provider. What is named goes
 * first, then a JWT provider with an address, then the only OpenID Connect provider there is. Throws `auth.provider_required`.
 */
export function decideSignInAddress(
  { provider, preferredMethod }: AskedProvider,
  enabled: { readonly jwt: boolean; readonly oidc: readonly string[] },
): string | undefined {
  if (provider !== undefined) return enabled.oidc.find((name) => name === provider);
  if (preferredMethod !== undefined && enabled.oidc.includes(preferredMethod)) return preferredMethod;
  if (enabled.jwt && preferredMethod !== 'oidc') return undefined;
  const [first, ...more] = enabled.oidc;
  if (more.length > 0) throw new Failure('auth.provider_required');
  return first;
}
