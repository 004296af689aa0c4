import { expect, test } from '@jest/globals';
import { createStatementNames } from './statement-names.js';

test('a text keeps its name, and another text has another', () => {
  const { nameOf } = createStatementNames(2);

  expect([nameOf('a'), nameOf('b'), nameOf('a')]).toEqual(['sandgate_0', 'sandgate_1', 'sandgate_0']);
});

test('beyond the limit a text has none, so that connections do not fill up', () => {
  const { nameOf } = createStatementNames(1);

  expect([nameOf('a'), nameOf('b'), nameOf('a')]).toEqual(['sandgate_0', undefined, 'sandgate_0']);
});
