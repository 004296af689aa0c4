import { describe, expect, test } from '@jest/globals';
import { changedFields } from './changed-fields.js';

describe('the changed fields', () => {
  test('are those that differ, however deep', () => {
    expect(changedFields({ a: 1, b: { c: [1] }, d: 3 }, { a: 1, b: { c: [2] }, e: 4 })).toEqual({
      before: { b: { c: [1] }, d: 3 },
      after: { b: { c: [2] }, e: 4 },
    });
  });

  test('are all of them where one state is not there', () => {
    expect(changedFields(null, { a: 1 })).toEqual({ before: null, after: { a: 1 } });
    expect(changedFields({ a: 1 }, null)).toEqual({ before: { a: 1 }, after: null });
    expect(changedFields({}, null)).toEqual({ before: {}, after: null });
  });

  test('are none of equal states', () => {
    expect(changedFields({ a: [1, { b: 2 }] }, { a: [1, { b: 2 }] })).toBeUndefined();
    expect(changedFields(null, null)).toBeUndefined();
  });
});
