import { AttributeName, Failure, type JwtProviderSettings } from '@sandgate/contracts';

/** Settings of a provider of which nothing was said yet. */
export const jwtProviderDefaults: JwtProviderSettings = {
  enabled: false,
  identityProviderUri: null,
  emailClaim: 'email',
  firstNameClaim: 'first_name',
  lastNameClaim: 'last_name',
  groupsClaim: 'groups',
  userProvisioning: true,
  maxTokenAgeSeconds: 180,
  requireJti: false,
  issuer: null,
  audience: null,
  trustedDomains: [],
};

const claimSettings = ['emailClaim', 'firstNameClaim', 'lastNameClaim', 'groupsClaim'] as const;
/** They say something about the token itself (RFC 7519 section 4.1). */
const claimsOfTheToken = ['iss', 'aud', 'exp', 'nbf', 'iat', 'jti'];

export type SettingsChange = {
  readonly [Setting in keyof JwtProviderSettings]?: JwtProviderSettings[Setting] | undefined;
};

/** The settings after a change; what it leaves out stays. Throws `auth.settings_invalid` with every fault. */
export function decideSettingsChange(current: JwtProviderSettings, change: SettingsChange): JwtProviderSettings {
  const named = Object.entries(change).filter(([, value]) => value !== undefined);
  const next: JwtProviderSettings = { ...current, ...Object.fromEntries(named) };
  const faults = faultsOfClaimNames(next);
  if (faults.length > 0) throw new Failure('auth.settings_invalid', { details: { faults } });
  return next;
}

type ClaimNames = Pick<JwtProviderSettings, (typeof claimSettings)[number]>;

/** What is wrong with the names of the claims, of any kind of provider. */
export const faultsOfClaimNames = (settings: ClaimNames): string[] =>
  claimSettings.flatMap((setting) => faultsOf(setting, settings));

function faultsOf(setting: (typeof claimSettings)[number], settings: ClaimNames): string[] {
  const claim = settings[setting];
  const faults: string[] = [];
  if (claimsOfTheToken.includes(claim))
    faults.push(`${setting}: ${claim} says something about the token, not about the person`);
  if (!AttributeName.safeParse(claim).success) faults.push(`${setting}: is not a name that a claim can have`);
  if (claimSettings.some((other) => other < setting && settings[other] === claim))
    faults.push(`${setting}: another setting names the same claim`);
  return faults;
}
