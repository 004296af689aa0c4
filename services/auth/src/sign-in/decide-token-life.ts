import { Failure } from '@sandgate/contracts';

export interface TokenLife {
  /** Issued at, if the token says so: what orders two tokens of one person. */
  readonly issuedAt: number | undefined;
  /** When a session that must not outlive it ends: the token's `exp`, or when it is too old to sign in. */
  readonly endsAt: number;
  /** From then on it can verify under no setting of the maximum age. */
  readonly rememberUntil: number;
}

/**
 * How far the clock of whoever signs may run ahead. Behind, it costs a token that much of its life and no more: past `exp` none is taken, for a
 * session that must not outlive its token would be over before it began.
 */
const toleranceSeconds = 5;
const longestWithoutIatSeconds = 600;
/** The largest maximum age that the provider settings allow. */
export const longestTokenAgeSeconds = 3600;

/**
 * Decides whether a token is alive at `now` (seconds): life is the smaller of `exp` and `iat` plus the maximum age, without `iat` an `exp` at most 600 s ahead
 * (RFC 7519 section 4.1.4 to 4.1.6). Throws `auth.token_claim_invalid`, `…unbounded`, `…not_yet_valid`, `…expired`.
 */
export function decideTokenLife(
  claims: ReadonlyMap<string, unknown>,
  maxTokenAgeSeconds: number,
  now: number,
): TokenLife {
  const exp = dateOf(claims, 'exp');
  const iat = dateOf(claims, 'iat');
  const nbf = dateOf(claims, 'nbf');
  const soon = now + toleranceSeconds;
  if (iat === undefined && (exp === undefined || exp > soon + longestWithoutIatSeconds))
    throw new Failure('auth.token_unbounded');
  if ((iat ?? 0) > soon || (nbf ?? 0) > soon) throw new Failure('auth.token_not_yet_valid');
  if (endOfLife(exp, iat, maxTokenAgeSeconds) <= now) throw new Failure('auth.token_expired');
  const endsAt = exp ?? endOfLife(exp, iat, maxTokenAgeSeconds);
  return { issuedAt: iat, endsAt, rememberUntil: endOfLife(exp, iat, longestTokenAgeSeconds) };
}

const endOfLife = (exp = Number.POSITIVE_INFINITY, iat = Number.POSITIVE_INFINITY, maxAgeSeconds: number): number =>
  Math.min(exp, iat + maxAgeSeconds);

/** Whole seconds within [1, 2^33]. Larger ones are milliseconds, or `1e400`, which JSON reads as infinity. */
function dateOf(claims: ReadonlyMap<string, unknown>, name: string): number | undefined {
  if (!claims.has(name)) return undefined;
  const value = claims.get(name);
  if (typeof value === 'number' && Number.isInteger(value) && value >= 1 && value <= 2 ** 33) return value;
  throw new Failure('auth.token_claim_invalid');
}
