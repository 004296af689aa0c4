import { Failure, type OidcProviderSettings } from '@sandgate/contracts';
import { faultsOfClaimNames } from '../providers/decide-settings-change.js';

/** Settings of a provider of which only issuer and client are known. */
export const oidcProviderDefaults = {
  enabled: false,
  pkce: true,
  scopes: 'openid email profile',
  emailClaim: 'email',
  firstNameClaim: 'given_name',
  lastNameClaim: 'family_name',
  groupsClaim: 'groups',
  userProvisioning: true,
  trustedDomains: [],
} satisfies Partial<OidcProviderSettings>;

/** What an administrator sets of an OpenID Connect provider. */
export interface OidcProviderValues {
  readonly settings: OidcProviderSettings;
  readonly clientSecret: string | null;
}

export type OidcSettingsChange = {
  readonly [Setting in keyof OidcProviderSettings]?: OidcProviderSettings[Setting] | undefined;
} & { readonly clientSecret?: string | null | undefined };

/** The values after a change; what it leaves out stays, the secret too. Throws `auth.settings_invalid` with every fault. */
export function decideOidcSettings(current: OidcProviderValues, change: OidcSettingsChange): OidcProviderValues {
  const { clientSecret = current.clientSecret, ...named } = change;
  const given = Object.entries(named).filter(([, value]) => value !== undefined);
  const settings: OidcProviderSettings = { ...current.settings, ...Object.fromEntries(given) };
  const faults = faultsOfClaimNames(settings);
  // Nothing else would tell the client that began a sign-in from whoever has come by its code (RFC 9700 section 2.1.1).
  if (clientSecret === null && !settings.pkce) faults.push('pkce: has to be on where there is no client secret');
  // Whoever may change settings could have it sent to a server of their own, and read there what is never read back here.
  const isSentElsewhere = settings.issuer !== current.settings.issuer && current.clientSecret !== null;
  if (isSentElsewhere && change.clientSecret === undefined)
    faults.push('clientSecret: has to be given again for another issuer');
  if (faults.length > 0) throw new Failure('auth.settings_invalid', { details: { faults } });
  return { settings, clientSecret };
}
