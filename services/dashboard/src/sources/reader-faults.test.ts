import { expect, test } from '@jest/globals';
import { type Reader, readerFaults } from './reader-faults.js';

const reader: Reader = {
  version: 180004,
  superuser: false,
  bypassesRowSecurity: false,
  serverRoles: [],
  owned: [],
  writable: [],
  sessionIsSet: true,
};

test('a role that can only read has no fault', () => {
  expect(readerFaults(reader)).toEqual([]);
});

const faulty: [Partial<Reader>, string][] = [
  [{ version: 140000 }, 'PostgreSQL 14 is not supported: use 15 or later'],
  [{ superuser: true }, 'the role is a superuser or a member of one: use a role that is neither'],
  [{ bypassesRowSecurity: true }, 'the role may bypass row security: use one with NOBYPASSRLS'],
  [{ serverRoles: ['pg_write_all_data'] }, 'the role is a member of pg_write_all_data: revoke that'],
  [{ owned: ['public.a', 'public.b'] }, 'the role owns public.a, public.b: use a role that owns no table'],
  [
    { writable: ['a', 'b', 'c', 'd', 'e', 'f', 'g'] },
    'the role may write to a, b, c, d, e and 2 more: grant it select only',
  ],
  [{ sessionIsSet: false }, 'the connection does not keep its settings: connect to PostgreSQL itself, not to a pooler'],
];

test.each(faulty)('%j is a fault (A-62)', (facts, sentence) => {
  expect(readerFaults({ ...reader, ...facts })).toEqual([sentence]);
});
