import { expect, test } from '@jest/globals';
import { decideShownValues } from './decide-shown-values.js';

test('the value of a private attribute is not shown, its name and all others are', () => {
  const state = {
    firstName: 'Anna',
    attributes: { salary: 9000, region: 'eu' },
    adminAttributes: { salary: { value: 1, pinned: true } },
  };

  expect(decideShownValues(state, new Set(['salary', 'firstName']))).toEqual({
    firstName: 'Anna',
    attributes: { salary: 'private', region: 'eu' },
    adminAttributes: { salary: 'private' },
  });
  expect(decideShownValues(null, new Set(['salary']))).toBeNull();
});
