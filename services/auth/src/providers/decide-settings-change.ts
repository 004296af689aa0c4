import { AttributeName, Failure, type JwtProviderSettings, type SigningKey } from '@sandgate/contracts';

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

/** The settings of a provider with these keys after a change; what it leaves out stays. Throws `auth.settings_invalid` with every fault. */
export function decideSettingsChange(
  current: JwtProviderSettings,
  change: SettingsChange,
  keys: readonly Pick<SigningKey, 'kind'>[] = [],
): JwtProviderSettings {
  const named = Object.entries(change).filter(([, value]) => value !== undefined);
  const next: JwtProviderSettings = { ...current, ...Object.fromEntries(named) };
  const faults = faultsOfClaimNames(next);
  if (keys.some(({ kind }) => kind === 'jwks'))
    for (const setting of ofKeySets)
      if (current[setting] !== null && next[setting] === null)
        faults.push(`${setting}: has to stay while there is a key set at an address`);
  if (faults.length > 0) throw new Failure('auth.settings_invalid', { details: { faults } });
  return next;
}

/** Whoever publishes a key set signs tokens for others, too: these tell the ones for here from those (RFC 8725 sections 3.8 and 3.9). */
const ofKeySets = ['issuer', 'audience'] as const;

/** What a provider lacks before it may have a key set at an address. */
export const faultsForKeySet = (settings: Pick<JwtProviderSettings, (typeof ofKeySets)[number]>): string[] =>
  ofKeySets
    .filter((setting) => settings[setting] === null)
    .map((setting) => `${setting}: has to be set before there is a key set at an address`);

/**
 * For a provider that knows people. A subject is one of its issuer (RFC 7519 section 4.1.2), so that the same of another one is somebody else.
 * None at all may be set and given up, for then the key says whose tokens they are. Throws `auth.issuer_in_use`.
 */
export function requireIssuerKept(from: OfIssuer, to: OfIssuer): void {
  if (from.issuer !== null && to.issuer !== null && from.issuer !== to.issuer) throw new Failure('auth.issuer_in_use');
}

type OfIssuer = Readonly<Pick<JwtProviderSettings, 'issuer'>>;
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
