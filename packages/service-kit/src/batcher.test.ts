import { describe, expect, test } from '@jest/globals';
import { createBatcher } from './batcher.js';

const doubling = (seen: number[][]) => async (items: readonly number[]) => {
  seen.push([...items]);
  await new Promise((resolve) => setImmediate(resolve));
  return items.map((item) => item * 2);
};

describe('a batcher', () => {
  test('gives each call its own result, and calls of one moment share a run', async () => {
    const seen: number[][] = [];
    const run = createBatcher({ run: doubling(seen), maxSize: 10, lanes: 1 });

    expect(await Promise.all([1, 2, 3].map(run))).toEqual([2, 4, 6]);
    expect(seen).toEqual([[1, 2, 3]]);
  });

  test('never runs more items or lanes at once than it was told', async () => {
    let running = 0;
    let most = 0;
    const run = createBatcher({
      maxSize: 4,
      lanes: 2,
      run: async (items: readonly number[]) => {
        running += 1;
        most = Math.max(most, running);
        expect(items.length).toBeLessThanOrEqual(4);
        await new Promise((resolve) => setImmediate(resolve));
        running -= 1;
        return items;
      },
    });

    const all = Array.from({ length: 50 }, (_, index) => index);
    expect(await Promise.all(all.map(run))).toEqual(all);
    expect(most).toBe(2);
  });

  test('keeps items of one key apart and in order', async () => {
    const seen: number[][] = [];
    const run = createBatcher({ run: doubling(seen), maxSize: 10, lanes: 1, keysOf: (item) => [String(item % 2)] });

    await Promise.all([1, 2, 3, 4, 5].map(run));
    expect(seen).toEqual([[1, 2], [3, 4], [5]]);
  });

  test('tries each item alone when a batch fails, so that one harms no other', async () => {
    const run = createBatcher({
      maxSize: 10,
      lanes: 1,
      run: async (items: readonly number[]) => {
        if (items.includes(13)) throw new Error('thirteen');
        return items;
      },
    });

    const settled = await Promise.allSettled([1, 13, 2].map(run));
    expect(settled.map((one) => one.status)).toEqual(['fulfilled', 'rejected', 'fulfilled']);
  });

  test('asks a database that does not answer once, not once for each item', async () => {
    const away = new Error('Connection terminated unexpectedly');
    let runs = 0;
    const run = createBatcher<number, number>({
      maxSize: 10,
      lanes: 1,
      run: async () => {
        runs += 1;
        throw away;
      },
    });

    const settled = await Promise.allSettled([1, 2, 3].map(run));
    expect(settled).toEqual([1, 2, 3].map(() => ({ status: 'rejected', reason: away })));
    expect(runs).toBe(1);
  });
});
