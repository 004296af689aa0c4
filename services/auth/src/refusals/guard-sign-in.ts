import { Failure, namedFailure } from '@sandgate/contracts';
import type { RefusalCounts } from './refusal-counts.js';
import type { RefusalLimit } from './refusal-limit.js';

interface Guard {
  readonly limit: RefusalLimit;
  readonly refusals: RefusalCounts;
}

type SignIn<Request, Session> = (request: Request) => Promise<Session>;

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
      if (namedFailure(error)?.code !== 'auth.sign_in_refused') throw error;
      const reason = namedFailure((error as Error).cause);
      refusals.note({ code: reason?.code ?? 'auth.sign_in_refused', provider: null, source });
      const retryAfter = wait > 0 ? wait : limit.count(source);
      throw retryAfter > 0 ? tooMany(retryAfter, reason) : error;
    }
  };

/** What somebody is answered who guesses: a password, or the link by which one is set. */
const guesses: ReadonlySet<string> = new Set([
  'auth.password_wrong',
  'auth.current_password_wrong',
  'auth.password_reset_invalid',
]);

/**
 * The same for whatever takes a password or a link to set one, except that a source of too many refusals is not even listened to: a password can
 * be guessed, and each attempt costs far more than a token.
 */
export const guardPasswords =
  <Request extends { readonly source: string }, Session>(
    { limit, refusals }: Guard,
    signIn: SignIn<Request, Session>,
  ): SignIn<Request, Session> =>
  async (request) => {
    const { source } = request;
    const wait = limit.secondsToWait(source);
    if (wait > 0) {
      refusals.note({ code: 'auth.too_many_refusals', provider: 'password', source });
      throw tooMany(wait);
    }
    try {
      return await signIn(request);
    } catch (error) {
      const code = namedFailure(error)?.code ?? '';
      if (guesses.has(code)) {
        refusals.note({ code, provider: 'password', source });
        limit.count(source);
      }
      throw error;
    }
  };

const tooMany = (retryAfterSeconds: number, cause?: Failure): Failure =>
  new Failure('auth.too_many_refusals', { retryAfterSeconds, cause });
