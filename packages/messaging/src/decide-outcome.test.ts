import { expect, it } from '@jest/globals';
import { Failure } from '@sandgate/contracts';
import { decideOutcome } from './decide-outcome.js';

it('retries what failed for an unknown reason, until the last attempt', () => {
  expect(decideOutcome(new Error('boom'), 3, 5)).toEqual({
    kind: 'retry',
    attempts: 4,
    code: 'internal_error',
    reason: 'Error: boom',
  });
  expect(decideOutcome(new Error('boom'), 4, 5)).toEqual({
    kind: 'dead-letter',
    attempts: 5,
    code: 'event.attempts_exhausted',
    reason: 'internal_error: Error: boom',
  });
});

it('dead-letters at once what says so, however deep it is wrapped', () => {
  const wrapped = new Error('outer', { cause: new Failure('event.malformed') });

  expect(decideOutcome(wrapped, 0, 5)).toMatchObject({ kind: 'dead-letter', attempts: 1, code: 'event.malformed' });
});

it('retries a named failure that may pass', () => {
  expect(decideOutcome(new Failure('internal_error'), 0, 5)).toMatchObject({ kind: 'retry', attempts: 1 });
});
