import { type AskedProvider, decideSignInAddress } from './decide-sign-in-address.js';
import type { EnabledProviders } from './enabled-providers.js';
import type { StoredOidcProvider } from './oidc-provider-store.js';
import type { CodeFlowStart } from './start-code-flow.js';

export interface SignInStart extends Omit<CodeFlowStart, 'returnTo'> {
  readonly asked: AskedProvider;
  /** Checked; undefined where the request has none. */
  readonly returnTo: string | undefined;
  /** Where the request comes from. */
  readonly source: string;
}

interface Dependencies {
  readonly enabledProviders: () => Promise<EnabledProviders>;
  readonly addressOfProvider: (returnTo: string | undefined, provider: string | undefined) => Promise<string>;
  readonly startCodeFlow: (
    provider: StoredOidcProvider,
    start: CodeFlowStart,
  ) => Promise<{ location: string; cookies: readonly string[] }>;
}

/** Where a browser without a token goes, by the newest settings. Throws `auth.sso_disabled`, `auth.provider_required`, `auth.sign_in_refused`. */
export const startSignIn =
  ({ enabledProviders, addressOfProvider, startCodeFlow }: Dependencies) =>
  async ({ asked, returnTo, ...start }: SignInStart): Promise<{ location: string; cookies?: readonly string[] }> => {
    const { hasAddress, oidc } = await enabledProviders();
    const name = decideSignInAddress(asked, { jwt: hasAddress, oidc: oidc.map((one) => one.name) });
    const chosen = oidc.find((one) => one.name === name);
    return chosen
      ? startCodeFlow(chosen, { ...start, returnTo: returnTo ?? '/' })
      : { location: await addressOfProvider(returnTo, asked.provider) };
  };
