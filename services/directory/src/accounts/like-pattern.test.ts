import { expect, test } from '@jest/globals';
import { containing } from './like-pattern.js';

test.each([
  ['anna', '%anna%'],
  ['', '%%'],
  ['100%', '%100\\%%'],
  ['a_b', '%a\\_b%'],
  ['a\\b', '%a\\\\b%'],
  ['\\%', '%\\\\\\%%'],
])('A-32: what is searched for is text, not a pattern: %j', (text, pattern) => {
  expect(containing(text)).toBe(pattern);
});
