import { namedFailure } from '@sandgate/contracts';
import { named } from './error-response.js';

/** A failure that nobody expects is an error; 503 says itself that it is soon over. */
export const levelOfStatus = (status: number): 'info' | 'error' => (status >= 500 && status !== 503 ? 'error' : 'info');

/** For the log: the code, the code behind it, and the error itself only where it has none. */
export function describeError(error: unknown): Record<string, unknown> {
  const failure = named(error);
  if (!failure) return { code: 'internal_error', error };
  const reason = namedFailure(failure.cause)?.code;
  const unexpected = failure.cause !== undefined && reason === undefined ? { error: failure.cause } : {};
  return { code: failure.code, ...(reason && { reason }), ...unexpected };
}
