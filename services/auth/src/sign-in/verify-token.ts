import { createHash } from 'node:crypto';
import { Failure, isStorableText, type JwtProviderSettings, type SigningAlgorithm } from '@sandgate/contracts';
import { type CryptoKey, compactVerify, errors } from 'jose';
import { canonicalSignature } from './canonical-signature.js';
import { type DecidedClaims, decideClaims } from './decide-claims.js';
import { decideTokenLife } from './decide-token-life.js';
import { type ReadToken, readClaims, readToken } from './read-token.js';

/** A key and the one algorithm that it is for. */
export type VerificationKey = {
  /** Seconds since 1970: it is no key any more from then on. */
  readonly retireAt?: number | undefined;
} & (
  | { readonly algorithm: SigningAlgorithm; readonly key: CryptoKey }
  | {
      readonly algorithm: SigningAlgorithm;
      /** Keys of a set, those of the id where there is one. Undefined while the set is not known. */
      readonly find: (id: string | undefined) => Promise<readonly CryptoKey[] | undefined>;
    }
);

export interface VerificationSettings {
  /** Name of the provider. */
  readonly name: string;
  readonly settings: JwtProviderSettings;
  /** Keys by id. */
  readonly keys: ReadonlyMap<string, VerificationKey>;
}

export interface VerifiedSignIn extends DecidedClaims {
  /** Whom the provider means, whatever becomes of the e-mail: the token's `sub`. Undefined where it has none. */
  readonly subject: string | undefined;
  /** The token's `iat`. */
  readonly issuedAt: number | undefined;
  readonly token: {
    /** SHA-256 in hex, the same for every presentation of the token. */
    readonly key: string;
    /** It has a `jti` and is good once. */
    readonly once: boolean;
    /** Seconds since 1970. */
    readonly rememberUntil: number;
  };
}

export interface VerifiedToken extends VerifiedSignIn {
  /** Id of the key that it is signed with. */
  readonly keyId: string;
  /** When a session that must not outlive the token ends. */
  readonly endsAt: number;
}

/**
 * Everything between a token and a sign-in that needs no database: gate, signature, life, issuer, audience, claims. `now` in seconds.
 * Throws `auth.sso_disabled`, or the `auth.token_…` code of what is wrong.
 */
export async function verifyToken(token: string, provider: VerificationSettings, now: number): Promise<VerifiedToken> {
  if (!provider.settings.enabled) throw new Failure('auth.sso_disabled');
  return verifyReadToken(token, readToken(token), { provider, now });
}

/** `verifyToken` behind its gate, of a provider that is enabled. */
export async function verifyReadToken(
  token: string,
  read: ReadToken,
  { provider: { name, settings, keys }, now }: { provider: VerificationSettings; now: number },
): Promise<VerifiedToken> {
  const { keyId, algorithm } = await requireSignature(token, await candidateKeys(read.header, keys, now));
  const claims = readClaims(read);
  const { issuedAt, endsAt, rememberUntil } = decideTokenLife(claims, settings.maxTokenAgeSeconds, now);
  requireIssuer(claims, settings.issuer);
  requireAudience(claims, settings.audience);
  const jti = jtiOf(claims, settings.requireJti);
  const key =
    jti === undefined
      ? digest(name, 'signature', canonicalSignature(read.signature, algorithm))
      : digest(name, 'jti', jti);
  const subject = subjectOf(claims);
  return {
    ...decideClaims(claims, settings),
    subject,
    issuedAt,
    endsAt,
    token: { key, once: jti !== undefined, rememberUntil },
    keyId,
  };
}

/** The signature alone, as `verifyToken` verifies it: answers the id of the key that signed. Throws the `auth.token_…` code of what is wrong. */
export const verifySignature = async (
  token: string,
  read: ReadToken,
  { keys, now }: { keys: VerificationSettings['keys']; now: number },
): Promise<string> => (await requireSignature(token, await candidateKeys(read.header, keys, now))).keyId;

interface Candidate {
  readonly keyId: string;
  readonly algorithm: SigningAlgorithm;
  readonly key: CryptoKey;
}

/**
 * The configured keys that may have signed. The header chooses among them by `kid` and is otherwise only compared: keys and addresses
 * in it are never looked at (RFC 8725 section 3.1, 3.10).
 */
async function candidateKeys(
  header: ReadonlyMap<string, unknown>,
  keys: VerificationSettings['keys'],
  now: number,
): Promise<readonly Candidate[]> {
  const typ = header.has('typ') ? header.get('typ') : 'JWT';
  // Another type is another kind of token, made for another purpose (RFC 8725 section 3.11).
  const isPlainJwt = typeof typ === 'string' && /^(?:application\/)?jwt$/.test(typ.toLowerCase());
  if (!isPlainJwt || header.has('crit') || header.has('b64')) throw new Failure('auth.token_header');
  const valid = [...keys].filter(([, { retireAt }]) => retireAt === undefined || now < retireAt);
  const kid = header.get('kid');
  const named = header.has('kid') ? keysOfId(kid, valid) : valid;
  const suitable = named.filter(([, { algorithm }]) => algorithm === header.get('alg'));
  if (suitable.length === 0) throw new Failure('auth.token_algorithm');
  const candidates = await Promise.all(suitable.map((one) => keysOf(one, typeof kid === 'string' ? kid : undefined)));
  if (candidates.every((found) => found === undefined)) throw new Failure('auth.token_key_set_unavailable');
  const found = candidates.flatMap((one) => one ?? []);
  if (found.length === 0) throw new Failure('auth.token_key_unknown');
  return found;
}

/** The key of this id, or whatever key sets may have one. */
function keysOfId(kid: unknown, valid: readonly [string, VerificationKey][]): readonly [string, VerificationKey][] {
  const isId = typeof kid === 'string' && kid !== '' && kid.length <= 255;
  const own = valid.filter(([id]) => id === kid);
  const named = own.length > 0 ? own : valid.filter(([, key]) => 'find' in key);
  if (!isId || named.length === 0) throw new Failure('auth.token_key_unknown');
  return named;
}

async function keysOf(
  [keyId, source]: readonly [string, VerificationKey],
  kid: string | undefined,
): Promise<readonly Candidate[] | undefined> {
  const { algorithm } = source;
  const found = 'find' in source ? await source.find(kid) : [source.key];
  return found?.map((key) => ({ keyId, algorithm, key }));
}

/** Answers the key that signed. */
async function requireSignature(token: string, candidates: readonly Candidate[]): Promise<Candidate> {
  for (const one of candidates) if (await isSignedBy(token, one.key, one.algorithm)) return one;
  throw new Failure('auth.token_signature');
}

async function isSignedBy(token: string, key: CryptoKey, algorithm: string): Promise<boolean> {
  try {
    await compactVerify(token, key, { algorithms: [algorithm] });
    return true;
  } catch (error) {
    if (error instanceof errors.JWSSignatureVerificationFailed) return false;
    throw error instanceof errors.JOSEError ? new Failure('auth.token_malformed', { cause: error }) : error;
  }
}

/** Exactly this string (RFC 7519 section 4.1.1); a list that contains it is something else. */
function requireIssuer(claims: ReadonlyMap<string, unknown>, issuer: string | null): void {
  const iss = claims.get('iss');
  if (iss !== undefined && typeof iss !== 'string') throw new Failure('auth.token_claim_invalid');
  if (issuer !== null && iss !== issuer) throw new Failure('auth.token_issuer');
}

/** A string or a list of strings (RFC 7519 section 4.1.3). */
function requireAudience(claims: ReadonlyMap<string, unknown>, audience: string | null): void {
  if (audience === null) return;
  const aud = [claims.get('aud')].flat();
  if (!aud.every((one) => typeof one === 'string') || !aud.includes(audience)) throw new Failure('auth.token_audience');
}

function jtiOf(claims: ReadonlyMap<string, unknown>, required: boolean): string | undefined {
  if (!claims.has('jti')) {
    if (required) throw new Failure('auth.token_jti_required');
    return undefined;
  }
  const jti = claims.get('jti');
  // Hashed as UTF-8, in which lone surrogates would all be the same.
  if (typeof jti !== 'string' || jti === '' || !isStorableText(jti)) throw new Failure('auth.token_claim_invalid');
  return jti;
}

/** A string (RFC 7519 section 4.1.2). Hosts that number their people sign the number; its digits are the same person. */
function subjectOf(claims: ReadonlyMap<string, unknown>): string | undefined {
  if (!claims.has('sub')) return undefined;
  const sub = claims.get('sub');
  const subject = Number.isSafeInteger(sub) ? String(sub) : sub;
  const isSubject = typeof subject === 'string' && subject !== '' && subject.length <= 255 && isStorableText(subject);
  if (!isSubject) throw new Failure('auth.token_claim_invalid');
  return subject;
}

const digest = (provider: string, kind: 'jti' | 'signature', value: string | Buffer): string =>
  createHash('sha256').update(`${provider}\0${kind}\0`).update(value).digest('hex');
