import { expect, test } from '@jest/globals';
import { createRefusalCounts } from './refusal-counts.js';

const refusal = { code: 'auth.token_expired', provider: null, source: '203.0.113.7' };

test('refusals of one source for one reason are counted together', () => {
  const times = ['2026-11-21T08:00:00.100Z', '2026-11-21T08:00:00.200Z', '2026-11-21T08:00:00.300Z'];
  const counts = createRefusalCounts(() => new Date(times.shift() ?? 0));
  counts.note(refusal);
  counts.note({ ...refusal, code: 'auth.token_signature' });
  counts.note(refusal);

  const taken = counts.take();

  expect(taken).toEqual([
    { ...refusal, count: 2, firstAt: '2026-11-21T08:00:00.100Z', lastAt: '2026-11-21T08:00:00.300Z' },
    {
      ...refusal,
      code: 'auth.token_signature',
      count: 1,
      firstAt: '2026-11-21T08:00:00.200Z',
      lastAt: '2026-11-21T08:00:00.200Z',
    },
  ]);
  expect(counts.take()).toEqual([]);
  counts.putBack(taken);
  expect(counts.take()).toEqual(taken);
});

test('A-52: a flood from everywhere takes no more memory than many sources', () => {
  const counts = createRefusalCounts(() => new Date(0));
  for (let n = 0; n < 10_000; n += 1) counts.note({ ...refusal, source: `198.51.${n >> 8}.${n & 255}` });

  const taken = counts.take();

  expect(taken.length).toBeLessThan(300);
  expect(taken.reduce((sum, { count }) => sum + count, 0)).toBe(10_000);
  expect(taken.at(-1)).toMatchObject({ source: 'others', code: 'auth.token_expired' });
});
