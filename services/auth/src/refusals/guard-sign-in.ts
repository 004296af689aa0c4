import { Failure, namedFailure } from '@sandgate/contracts';
import type { RefusalCounts } from './refusal-counts.js';
import type { RefusalLimit } from './refusal-limit.js';
import { concernedBy } from './refused-sign-in.js';

interface Guard {
  readonly limit: RefusalLimit;
  readonly refusals: RefusalCounts;
}

type SignIn<Request, Answer> = (request: Request) => Promise<Answer>;

/**
 * Counts refused tokens, and answers `auth.too_many_refusals` in place of each refusal once there were too many of a source. A token is
 * verified all the same: whoever shares the source with a bad neighbour signs in, and a signature cannot be guessed. But refusing it then
 * costs no database: it is refused under the settings in memory, and the one that is let through every few seconds sees to newer ones.
 */
export const guardTokens =
  <Request extends { readonly source: string; readonly underKnownSettings?: boolean }, Session>(
    { limit, refusals }: Guard,
    signIn: SignIn<Request, Session>,
  ): SignIn<Request, Session> =>
  async (request) => {
    const { source } = request;
    const wait = limit.secondsToWait(source);
    try {
      return await signIn(wait > 0 ? { ...request, underKnownSettings: true } : request);
    } catch (error) {
      const code = note(refusals, error, source);
      if (code !== 'auth.sign_in_refused') throw error;
      const retryAfter = wait > 0 ? wait : limit.count(source);
      throw retryAfter > 0 ? tooMany(retryAfter, namedFailure((error as Error).cause)) : error;
    }
  };

/** Notes what is refused, and holds nobody back: for a step that proves nothing yet, and so cannot be guessed. */
export const noteRefusals =
  <Request extends { readonly source: string }, Answer>(
    refusals: RefusalCounts,
    step: SignIn<Request, Answer>,
  ): SignIn<Request, Answer> =>
  async (request) => {
    try {
      return await step(request);
    } catch (error) {
      if (namedFailure(error)?.code === 'auth.sign_in_refused') note(refusals, error, request.source);
      throw error;
    }
  };

/** What counts against its source: a guess of a password or of the link by which one is set, and a code that opens nothing. */
const counted: ReadonlySet<string> = new Set([
  'auth.password_wrong',
  'auth.current_password_wrong',
  'auth.password_reset_invalid',
  'auth.sign_in_refused',
]);

/**
 * The same as `guardTokens` for codes of a provider, except that a source of too many refusals is not even listened to: each code costs
 * the database, and the provider, a request.
 */
export const guardCodes = <Request extends { readonly source: string }, Session>(
  guard: Guard,
  signIn: SignIn<Request, Session>,
): SignIn<Request, Session> => holdBack(guard, signIn, {});

/** And for whatever takes a password or a link to set one: a password can be guessed, and each attempt costs far more than a token. */
export const guardPasswords = <Request extends { readonly source: string }, Session>(
  guard: Guard,
  signIn: SignIn<Request, Session>,
): SignIn<Request, Session> => holdBack(guard, signIn, { provider: 'password' });

const holdBack =
  <Request extends { readonly source: string }, Session>(
    { limit, refusals }: Guard,
    signIn: SignIn<Request, Session>,
    by: { readonly provider?: string },
  ): SignIn<Request, Session> =>
  async (request) => {
    const { source } = request;
    const wait = limit.secondsToWait(source);
    if (wait > 0) {
      refusals.note({ code: 'auth.too_many_refusals', provider: null, ...by, source });
      throw tooMany(wait);
    }
    try {
      return await signIn(request);
    } catch (error) {
      const code = note(refusals, error, source, by);
      if (counted.has(code ?? '')) limit.count(source);
      throw error;
    }
  };

/** Refusals beside those that count: they say nothing about what was presented. */
const off: ReadonlySet<string> = new Set(['auth.sso_disabled', 'auth.password_sign_in_disabled']);

/** Notes a refusal under its reason, and answers the code of it; whatever else went wrong is none. */
function note(
  refusals: RefusalCounts,
  error: unknown,
  source: string,
  by: { readonly provider?: string } = {},
): string | undefined {
  const failure = namedFailure(error);
  if (!failure || !(counted.has(failure.code) || off.has(failure.code))) return undefined;
  const { provider = by.provider ?? null, accountId } = concernedBy(error);
  const code = namedFailure(failure.cause)?.code ?? failure.code;
  refusals.note({ code, provider, ...(accountId !== undefined && { accountId }), source });
  return failure.code;
}

const tooMany = (retryAfterSeconds: number, cause?: Failure): Failure =>
  new Failure('auth.too_many_refusals', { retryAfterSeconds, cause });
