import {
  AttributeName,
  AttributeValue,
  Failure,
  isStorableText,
  type JwtProviderSettings,
  PersonName,
} from '@sandgate/contracts';
import { canonicalEmail } from './canonical-email.js';

/** What a token says of a person, in the form in which it is kept. */
export interface AcceptedClaims {
  /** Absent: the token does not say, and what was kept stays. */
  readonly firstName?: string;
  readonly lastName?: string;
  readonly attributes: Readonly<Record<string, AttributeValue>>;
  /** `names` only where the token lists them; otherwise the last list stays beside the presence. */
  readonly groups: { readonly presence: 'listed' | 'null' | 'absent'; readonly names?: readonly string[] };
}

export interface DecidedClaims {
  readonly email: string;
  readonly claims: AcceptedClaims;
  /** Names of the claims that cannot be stored. */
  readonly dropped: readonly string[];
}

type Claims = ReadonlyMap<string, unknown>;
type ClaimNames = Pick<JwtProviderSettings, 'emailClaim' | 'firstNameClaim' | 'lastNameClaim' | 'groupsClaim'>;

/** Claims about the token or the protocol, not about the person (RFC 7519 section 4.1, OpenID Connect Core 1.0 section 2 and 3.3.2.11). */
const protocolClaims = new Set(
  'iss sub aud exp nbf iat jti nonce sid azp at_hash c_hash s_hash auth_time acr amr cnf'.split(' '),
);

/** Maps claims to e-mail, names, groups and attributes. Throws `auth.token_email_invalid`, `auth.token_groups_invalid`; nothing else stops a sign-in. */
export function decideClaims(claims: Claims, names: ClaimNames): DecidedClaims {
  const email = canonicalEmail(claims.get(names.emailClaim));
  if (email === undefined) throw new Failure('auth.token_email_invalid');
  const firstName = nameOf(claims.get(names.firstNameClaim));
  const lastName = nameOf(claims.get(names.lastNameClaim));
  const { attributes, dropped } = attributesOf(claims, names);
  const groups = groupsOf(claims, names.groupsClaim);
  if (firstName === undefined && claims.has(names.firstNameClaim)) dropped.push(names.firstNameClaim);
  if (lastName === undefined && claims.has(names.lastNameClaim)) dropped.push(names.lastNameClaim);
  const given = { ...(firstName !== undefined && { firstName }), ...(lastName !== undefined && { lastName }) };
  return { email, claims: { ...given, attributes, groups }, dropped };
}

const nameOf = (value: unknown): string | undefined =>
  typeof value === 'string' && PersonName.safeParse(value).success && isStorableText(value) ? value : undefined;

/** A list is a set: sorted, so that a host which lists in another order each time changes nothing. A bare string is a list of one. */
function groupsOf(claims: Claims, claimName: string): AcceptedClaims['groups'] {
  if (!claims.has(claimName)) return { presence: 'absent' };
  const value = claims.get(claimName);
  if (value === null) return { presence: 'null' };
  const list: unknown = typeof value === 'string' ? [value] : value;
  if (!Array.isArray(list) || list.length > 200 || !list.every(isGroupName))
    throw new Failure('auth.token_groups_invalid');
  return { presence: 'listed', names: [...new Set(list)].sort() };
}

const isGroupName = (value: unknown): value is string =>
  typeof value === 'string' && value.length >= 1 && value.length <= 255 && isStorableText(value);

function attributesOf(
  claims: Claims,
  names: ClaimNames,
): { attributes: Record<string, AttributeValue>; dropped: string[] } {
  const taken = new Set([names.emailClaim, names.firstNameClaim, names.lastNameClaim, names.groupsClaim]);
  const attributes: Record<string, AttributeValue> = Object.create(null);
  const dropped: string[] = [];
  for (const [name, value] of claims) {
    if (taken.has(name) || protocolClaims.has(name)) continue;
    if (isStorable(name, value)) attributes[name] = value;
    else dropped.push(name);
  }
  return { attributes, dropped };
}

const isStorable = (name: string, value: unknown): value is AttributeValue =>
  // `@` begins the names that the system itself may come to use.
  !name.startsWith('@') &&
  AttributeName.safeParse(name).success &&
  AttributeValue.safeParse(value).success &&
  [value].flat().every(isExact);

/** JSON reads 2^53 + 1 as 2^53: somebody else's number. */
const isExact = (value: unknown): boolean =>
  typeof value !== 'number' || !Number.isInteger(value) || Number.isSafeInteger(value);
