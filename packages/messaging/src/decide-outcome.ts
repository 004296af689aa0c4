import { namedFailure } from '@sandgate/contracts';
import { describeFailure } from './describe-failure.js';
import type { Outcome } from './transport.js';

/** What becomes of a delivery that failed on its own, after `earlierAttempts` failures before this one. */
export function decideOutcome(error: unknown, earlierAttempts: number, maxAttempts: number): Outcome {
  const { code, reason } = describeFailure(error);
  const attempts = earlierAttempts + 1;
  if (namedFailure(error)?.onEvent === 'dead-letter') return { kind: 'dead-letter', attempts, code, reason };
  if (attempts >= maxAttempts)
    return { kind: 'dead-letter', attempts, code: 'event.attempts_exhausted', reason: `${code}: ${reason}` };
  return { kind: 'retry', attempts, code, reason };
}
