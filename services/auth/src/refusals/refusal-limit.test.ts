import { beforeEach, describe, expect, test } from '@jest/globals';
import { createRefusalLimit, type RefusalLimit } from './refusal-limit.js';

let now = 0;
let limit: RefusalLimit;

beforeEach(() => {
  now = 1_000_000;
  limit = createRefusalLimit({ perMinute: 20, maxSources: 3, now: () => now });
});

const refuse = (source: string, times: number): number[] => Array.from({ length: times }, () => limit.count(source));

describe('A-52: a source', () => {
  test('is refused twenty times, then waits three seconds for each further one', () => {
    expect(refuse('a', 20)).toEqual(Array(20).fill(0));
    expect(limit.secondsToWait('a')).toBe(3);
    expect(limit.count('a')).toBe(3);

    now += 2_001;
    expect(limit.secondsToWait('a')).toBe(1);
    now += 999;
    expect(limit.count('a')).toBe(0);
    expect(limit.count('a')).toBe(3);
  });

  test('waits no longer for what it tries meanwhile', () => {
    refuse('a', 500);
    now += 3_000;
    expect(limit.secondsToWait('a')).toBe(0);
  });

  test('has everything back after a minute, and no more than that', () => {
    refuse('a', 20);
    now += 3_600_000;
    expect(refuse('a', 21).filter((wait) => wait > 0)).toHaveLength(1);
  });

  test('is not held back for another', () => {
    refuse('a', 30);
    expect(limit.secondsToWait('b')).toBe(0);
  });
});

test('so many sources are remembered, and those refused last', () => {
  refuse('a', 20);
  for (const source of ['b', 'c']) refuse(source, 20);
  expect(limit.secondsToWait('a')).toBe(3);

  refuse('d', 1);

  expect(limit.secondsToWait('a')).toBe(0);
  expect(limit.secondsToWait('b')).toBe(3);
});
