import { expect, test } from '@jest/globals';
import { describeDatabaseError } from './describe-database-error.js';

const databaseError = (code: string, message: string): Error =>
  Object.assign(new Error(message), { code, routine: 'some_routine' });

test.each([
  ['57014', 'dashboard.query_timeout'],
  ['42P01', 'dashboard.catalogue_differs'],
  ['42703', 'dashboard.catalogue_differs'],
  ['42883', 'dashboard.catalogue_differs'],
  ['42501', 'dashboard.catalogue_differs'],
  ['0A000', 'dashboard.catalogue_differs'],
  ['22P02', 'dashboard.query_failed'],
  ['53300', 'dashboard.query_failed'],
  ['ECONNREFUSED', 'dashboard.query_failed'],
])('%s is %s, in words that say nothing of it', (code, failure) => {
  const described = describeDatabaseError(databaseError(code, 'what the database says'));

  expect(described.code).toBe(failure);
  expect(described.message).not.toContain('what the database says');
  expect(described.details).toBeUndefined();
  expect(String(described.cause)).toContain(code);
});

test.each(['22P02', '22012', '23505', '21000', 'P0001', 'XX000'])(
  'the log does not repeat the text of %s, which may quote somebody’s data',
  (code) => {
    const { cause } = describeDatabaseError(databaseError(code, 'invalid input: "ada@acme.example"'));

    expect(String((cause as Error).stack)).not.toContain('ada@acme.example');
  },
);

test.each(['42703', '53300', '57014', '08006'])('the log repeats the text of %s, which names what to mend', (code) => {
  expect(String(describeDatabaseError(databaseError(code, 'what to mend')).cause)).toContain('what to mend');
});
