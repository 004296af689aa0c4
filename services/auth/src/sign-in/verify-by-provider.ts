import { type ErrorCode, Failure, namedFailure } from '@sandgate/contracts';
import { FailureConcerning } from '../refusals/refused-sign-in.js';
import { type ReadToken, readClaims, readToken } from './read-token.js';
import { type VerificationSettings, type VerifiedToken, verifyReadToken } from './verify-token.js';

export interface TokenOfProvider {
  readonly token: string;
  /** Name of the provider, where the caller says one. */
  readonly provider: string | undefined;
}

export interface VerifiedByProvider {
  readonly provider: string;
  readonly verified: VerifiedToken;
}

/** Why a key of a provider is not the one, from what says least to what says most. */
const notItsKey: readonly ErrorCode[] = [
  'auth.token_key_unknown',
  'auth.token_algorithm',
  'auth.token_key_set_unavailable',
  'auth.token_signature',
];

/**
 * Verifies a token by the provider that the caller names; else by those whose configured issuer the token names; else by those without an
 * issuer. Of several the first decides whose key it is signed with. What the token says of itself only chooses among what is configured.
 * Throws `auth.sso_disabled` when no provider is enabled, else the code of what is wrong, with the provider that was meant where only one can be.
 */
export async function verifyByProvider(
  { token, provider: name }: TokenOfProvider,
  all: readonly VerificationSettings[],
  now: number,
): Promise<VerifiedByProvider> {
  const enabled = all.filter(({ settings }) => settings.enabled);
  if (enabled.length === 0) throw new Failure('auth.sso_disabled');
  const read = readToken(token);
  const asked = name === undefined ? chooseByIssuer(read, enabled) : enabled.filter((one) => one.name === name);
  let refusal: Failure | undefined;
  for (const provider of asked) {
    try {
      return { provider: provider.name, verified: await verifyReadToken(token, read, { provider, now }) };
    } catch (error) {
      const failure = namedFailure(error);
      if (!failure) throw error;
      if (!notItsKey.includes(failure.code)) throw new FailureConcerning(failure, { provider: provider.name });
      if (!refusal || notItsKey.indexOf(failure.code) > notItsKey.indexOf(refusal.code)) refusal = failure;
    }
  }
  if (!refusal) throw new Failure('auth.provider_unknown');
  throw new FailureConcerning(refusal, { provider: asked.length === 1 ? asked[0]?.name : undefined });
}

/** Where none fits, all: each then says what it misses. */
function chooseByIssuer(read: ReadToken, enabled: readonly VerificationSettings[]): readonly VerificationSettings[] {
  if (enabled.length === 1) return enabled;
  const issuer = issuerOf(read);
  const named = enabled.filter(({ settings }) => settings.issuer !== null && settings.issuer === issuer);
  const nameless = enabled.filter(({ settings }) => settings.issuer === null);
  return [named, nameless, enabled].find((some) => some.length > 0) ?? [];
}

/** Not one byte of it is verified yet; it only chooses who is to. */
function issuerOf(read: ReadToken): unknown {
  try {
    return readClaims(read).get('iss');
  } catch (error) {
    // Whoever verifies it will say so, if it is signed at all.
    if (namedFailure(error)) return undefined;
    throw error;
  }
}
