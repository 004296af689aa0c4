import { expect, test } from '@jest/globals';
import { decideGroupFaults } from './decide-group-faults.js';

const known = [
  { id: 1, kind: 'all-users' },
  { id: 2, kind: 'administrators' },
  { id: 3, kind: 'custom' },
  { id: 4, kind: 'custom' },
] as const;

test('groups of one own that exist are taken', () => {
  expect(decideGroupFaults([3, 4], known)).toEqual([]);
});

test('every fault is named, with its place', () => {
  expect(decideGroupFaults([1, 3, 2, 9, 3], known)).toEqual([
    'groupIds.0: group 1 is All Users, of which everybody is a member',
    'groupIds.2: group 2 is Administrators, in which no API key may be',
    'groupIds.3: group 9 does not exist',
    'groupIds.4: group 3 is named twice',
  ]);
});
