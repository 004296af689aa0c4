import { expect, it } from '@jest/globals';
import { newestPerKey } from './newest-per-key.js';

const parse = (text: string) => ({ key: text.slice(0, 1), version: Number(text.slice(1)) });

it('keeps the highest version of each key, whenever it came', () => {
  expect(newestPerKey(['a1', 'b9', 'a3', 'a2', 'b8'], parse)).toEqual(['b9', 'a3']);
});

it('keeps the first of equals', () => {
  const first = { key: 'a', version: 1 };

  expect(newestPerKey([first, { key: 'a', version: 1 }], (item) => item)).toEqual([first]);
});
