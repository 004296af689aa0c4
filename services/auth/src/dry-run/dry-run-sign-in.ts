import { randomUUID } from 'node:crypto';
import { Failure } from '@sandgate/contracts';
import { decideCodeSignIn } from '../oidc/decide-code-sign-in.js';
import type { OidcProviderStore, StoredOidcProvider } from '../oidc/oidc-provider-store.js';
import type { CurrentProviders, Providers } from '../providers/current-providers.js';
import { verifyByProvider } from '../sign-in/verify-by-provider.js';
import type { VerifiedSignIn } from '../sign-in/verify-token.js';
import { whileSettingsChange } from '../sign-in/while-settings-change.js';
import type { SignInTold, TellSignIn } from './tell-sign-in.js';

interface Dependencies {
  readonly jwtProviders: CurrentProviders;
  readonly oidcProviders: OidcProviderStore;
  readonly tell: TellSignIn;
}

/** What a JWT provider has signed, or what an OpenID Connect provider says in an ID token. */
type AskedSignIn = { readonly provider: string } & (
  | { readonly token: string }
  | { readonly claims: { readonly sub: string; readonly iat?: number | undefined } }
);

/**
 * What a sign-in with a token, or with claims as if they had been verified, would do under the newest settings. No reason is hidden, for
 * whoever asks is an administrator. Throws `auth.provider_not_found`, `auth.provider_of_another_kind`.
 */
export const dryRunSignIn =
  ({ jwtProviders, oidcProviders, tell }: Dependencies) =>
  (asked: AskedSignIn): Promise<SignInTold> =>
    whileSettingsChange(async () => {
      const [jwt, oidc] = await Promise.all([jwtProviders.newest(), oidcProviders.readAll()]);
      const isJwt = jwt.all.some(({ name }) => name === asked.provider);
      const provider = oidc.find(({ name }) => name === asked.provider);
      if (!isJwt && !provider) throw new Failure('auth.provider_not_found');
      if (isJwt && 'token' in asked) return tell({ ...(await verify(asked, jwt)), provider: asked.provider });
      if (provider && 'claims' in asked)
        return tell({ ...(await decide(asked.claims, provider)), provider: asked.provider });
      throw new Failure('auth.provider_of_another_kind');
    });

interface Verified {
  readonly verified: VerifiedSignIn | Failure;
  readonly revision: number;
}

const verify = async (token: { provider: string; token: string }, { all, revision }: Providers): Promise<Verified> => ({
  verified: await orReason(async () => (await verifyByProvider(token, all, Date.now() / 1000)).verified),
  revision,
});

const decide = async (
  claims: { readonly sub: string; readonly iat?: number | undefined },
  { settings, revision }: StoredOidcProvider,
): Promise<Verified> => ({
  verified: await orReason(async () => {
    if (!settings.enabled) throw new Failure('auth.sso_disabled');
    const now = Math.floor(Date.now() / 1000);
    const idToken = { ...claims, iat: claims.iat ?? now };
    return decideCodeSignIn({ idToken, userInfo: {} }, settings, { state: randomUUID(), endsAt: now + 600, now });
  }),
  revision,
});

async function orReason(work: () => Promise<VerifiedSignIn>): Promise<VerifiedSignIn | Failure> {
  try {
    return await work();
  } catch (error) {
    if (error instanceof Failure && error.code.startsWith('auth.')) return error;
    throw error;
  }
}
