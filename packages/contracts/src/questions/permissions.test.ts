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

test.each([[[0]], [[1.5]], [['1']], [[2_147_483_648]], [[null]], [Array(2001).fill(1)], ['1'], [{ length: 1 }]])(
  'a question about %j names no tables',
  (tableIds) => {
    const about = { accountId: '00000000-0000-4000-8000-000000000001', claimsVersion: 1 };

    expect(decide.input.safeParse({ ...about, tableIds }).success).toBe(false);
    expect(decide.input.safeParse({ ...about, tableIds: [1, 2_147_483_647] }).success).toBe(true);
    expect(decide.input.safeParse(about).success).toBe(true);
  },
);
