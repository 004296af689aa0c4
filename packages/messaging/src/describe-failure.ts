import { namedFailure } from '@sandgate/contracts';

export interface FailureDescription {
  readonly code: string;
  /** One line. Without e-mail addresses and without the values that database messages quote. */
  readonly reason: string;
  /** Where it was thrown, without the message, which may quote somebody's data. */
  readonly frames: string;
}

/** What may be said of a failure in a log and in a dead letter. */
export function describeFailure(error: unknown): FailureDescription {
  const named = namedFailure(error);
  const thrown = error instanceof Error ? error : new Error('something that is no error was thrown');
  const frames = (thrown.stack ?? '').split('\n').filter((line) => line.startsWith('    at '));
  return {
    code: named?.code ?? 'internal_error',
    reason: named ? named.message : `${thrown.name}: ${withoutPersonalData(messageOf(thrown))}`,
    frames: frames.join('\n'),
  };
}

/** A host with several addresses fails with an error per address, and no message of its own. */
const messageOf = (error: Error): string =>
  error instanceof AggregateError && error.message === '' ? error.errors.map(String).join('; ') : error.message;

/** One line of at most 400 characters. Cut before it is searched, so that a huge message costs nothing. */
export const withoutPersonalData = (message: string): string =>
  message
    .slice(0, 2_000)
    .replaceAll(/\s+/g, ' ')
    .replaceAll(/=\([^)]*\)/g, '=(…)')
    .replaceAll(/[^\s"'`(]+@[^\s"'`)]+/g, '<e-mail>')
    .trim()
    .slice(0, 400);
