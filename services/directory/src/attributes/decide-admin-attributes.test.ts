import { describe, expect, test } from '@jest/globals';
import { decideAdminAttributes, faultsOfAdminAttributes } from './decide-admin-attributes.js';

const one = { value: 1, pinned: false };
const two = { value: 2, pinned: true };

describe('admin attributes', () => {
  test('a value sets, null removes, a name that is left out stays', () => {
    expect(
      decideAdminAttributes({ kept: one, replaced: one, removed: one }, { replaced: two, removed: null, added: two }),
    ).toEqual({
      kept: one,
      replaced: two,
      added: two,
    });
  });

  test('to remove what is not there changes nothing', () => {
    expect(decideAdminAttributes({ kept: one }, { removed: null })).toEqual({ kept: one });
  });

  test('are at most a hundred', () => {
    const many = (count: number) =>
      Object.fromEntries(Array.from({ length: count }, (_, index) => [`name${index}`, one]));

    expect(faultsOfAdminAttributes(many(100))).toEqual([]);
    expect(faultsOfAdminAttributes(many(101))).toEqual([expect.stringContaining('101')]);
  });

  test('take at most 64 KiB as JSON, in which a control character takes six bytes', () => {
    const text = (character: string, count: number) => ({
      list: { value: Array.from({ length: count }, () => character.repeat(1024)), pinned: false },
    });

    expect(faultsOfAdminAttributes(text('x', 60))).toEqual([]);
    expect(faultsOfAdminAttributes(text('x', 70))).toHaveLength(1);
    expect(faultsOfAdminAttributes(text('\u0001', 11))).toHaveLength(1);
    expect(faultsOfAdminAttributes(text('€', 22))).toHaveLength(1);
  });
});
