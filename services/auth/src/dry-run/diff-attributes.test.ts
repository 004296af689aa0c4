import { describe, expect, test } from '@jest/globals';
import { diffAttributes } from './diff-attributes.js';

const byToken = (value: number | number[]) => ({ value, source: 'token' as const });

describe('what becomes of attributes', () => {
  test('tells created, changed, removed and kept apart, and lists from their items', () => {
    const before = { kept: byToken([1, 2]), changed: byToken([1, 2]), removed: byToken(1) };
    const after = { kept: byToken([1, 2]), changed: byToken([2, 1]), created: byToken(1) };

    expect(diffAttributes(before, after)).toEqual({
      created: [{ name: 'created', after: byToken(1) }],
      changed: [{ name: 'changed', before: byToken([1, 2]), after: byToken([2, 1]) }],
      removed: [{ name: 'removed', before: byToken(1) }],
      kept: [{ name: 'kept', before: byToken([1, 2]), after: byToken([1, 2]) }],
    });
  });

  test('counts another source as a change, for the next token may end it', () => {
    const pinned = { value: 1, source: 'admin' as const };
    expect(diffAttributes({ region: pinned }, { region: byToken(1) }).changed).toEqual([
      { name: 'region', before: pinned, after: byToken(1) },
    ]);
  });

  test('takes names that every object has for names like any other', () => {
    expect(diffAttributes({}, { toString: byToken(1) }).created).toHaveLength(1);
  });
});
