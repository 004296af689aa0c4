import { namedFailure } from '@sandgate/contracts';

/** What is known of a question that failed: `refused` for a reason that stays, `untouched` for now, or nothing is known. */
export type FailedQuestion = 'refused' | 'untouched' | 'unknown';

/** Codes of Node for a request that never left: nobody can have acted on it. */
const neverSent = new Set([
  'ECONNREFUSED',
  'ENOTFOUND',
  'EAI_AGAIN',
  'EHOSTUNREACH',
  'ENETUNREACH',
  'UND_ERR_CONNECT_TIMEOUT',
]);

/** Tells whether another service may have done what it was asked for, although no answer says so: a time-out, a connection that broke. */
export function decideAfterFailure(error: unknown): FailedQuestion {
  const failure = namedFailure(error);
  if (!failure) return 'unknown';
  if (failure.status < 500) return 'refused';
  // The database may have gone away after the commit.
  if (failure.code === 'service.database_unavailable') return 'unknown';
  // Without a cause it is the answer of the service itself, which says so when nothing was changed.
  const answered = failure.code !== 'service.unavailable' || failure.cause === undefined;
  return answered || wasNeverSent(failure.cause) ? 'untouched' : 'unknown';
}

function wasNeverSent(cause: unknown): boolean {
  if (typeof cause !== 'object' || cause === null) return false;
  if ('code' in cause && neverSent.has(String(cause.code))) return true;
  return 'cause' in cause && wasNeverSent(cause.cause);
}
