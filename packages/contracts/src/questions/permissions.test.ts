import { expect, test } from '@jest/globals';
import type { Decision } from '../decision.js';
import { decide } from './permissions.js';

const sandboxed: Decision = {
  access: 'sandboxed',
  filter: { op: '=', column: { name: 'account_id', type: 'integer' }, value: '28' },
} as Decision;

test('the text of decisions is that of the checked output, also for one that is remembered', () => {
  const output = {
    decisions: [
      { tableId: 1, decision: sandboxed },
      { tableId: 2, decision: { access: 'unrestricted' } as const },
      { tableId: 3, decision: sandboxed },
    ],
  };

  expect(decide.textOf?.(output)).toBe(JSON.stringify(decide.output.parse(output)));
  expect(decide.textOf?.({ decisions: [] })).toBe('{"decisions":[]}');
});

test('a decision that is none is not answered', () => {
  const decision = { ...sandboxed, filter: undefined } as never;

  expect(() => decide.textOf?.({ decisions: [{ tableId: 1, decision }] })).toThrow();
  expect(() => decide.textOf?.({ decisions: [{ tableId: 'one' as never, decision: sandboxed }] })).toThrow();
});
