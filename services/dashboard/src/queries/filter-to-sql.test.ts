import { describe, expect, test } from '@jest/globals';
import type { Column, RowFilter } from '@sandgate/contracts';
import { filterToSql } from './filter-to-sql.js';

const account: Column = { name: 'account_id', type: 'integer' };
const region: Column = { name: 'region', type: 'text' };
const id: Column = { name: 'id', type: 'integer' };
const isEuropean: RowFilter = { op: '=', column: region, value: 'Europe' };
const ofEuropeanAccount: RowFilter = {
  op: 'through',
  columns: [account],
  table: { id: 1, schema: 'public', name: 'accounts' },
  referencedColumns: [id],
  of: isEuropean,
};

function written(filter: RowFilter): { sql: string; parameters: unknown[] } {
  const parameters: unknown[] = [];
  return { sql: filterToSql(filter, 't', parameters), parameters };
}

test.each([
  ['integer', 'bigint'],
  ['decimal', 'numeric'],
  ['float', 'float8'],
  ['text', 'text'],
  ['boolean', 'boolean'],
  ['date', 'date'],
  ['timestamp', 'timestamp'],
  ['timestamptz', 'timestamptz'],
  ['uuid', 'uuid'],
] as const)('a value for a column of kind %s is bound as %s', (type, cast) => {
  expect(written({ op: '=', column: { name: 'c', type }, value: 'v' })).toEqual({
    sql: `t."c" = $1::${cast}`,
    parameters: ['v'],
  });
});

test('a list is one parameter, so that its length does not change the statement', () => {
  expect(written({ op: 'in', column: account, values: ['1', '2'] })).toEqual({
    sql: 't."account_id" = any($1::bigint[])',
    parameters: [['1', '2']],
  });
});

test('parameters are numbered after those that are there', () => {
  const parameters: unknown[] = ['earlier'];

  const sql = filterToSql(
    { op: 'and', of: [isEuropean, { op: 'is null', column: account }, { op: 'prefix', column: region, value: 'Eu' }] },
    'x',
    parameters,
  );

  expect(sql).toBe('(x."region" = $2::text and x."account_id" is null and starts_with(x."region", $3::text))');
  expect(parameters).toEqual(['earlier', 'Europe', 'Eu']);
});

test('a name that tries to end its quotes stays a name', () => {
  const hostile: Column = { name: 'a" = 1 or true; drop table "b', type: 'integer' };

  expect(written({ op: 'is null', column: hostile }).sql).toBe('t."a"" = 1 or true; drop table ""b" is null');
});

test('a foreign key is followed by exists', () => {
  expect(written(ofEuropeanAccount).sql).toBe(
    'exists (select from "public"."accounts" as t1 where t1."id" = t."account_id" and t1."region" = $1::text)',
  );
});

test('below a not, at any depth, a missing referenced row stays unknown', () => {
  const scalar = '(select t1."region" = $1::text from "public"."accounts" as t1 where t1."id" = t."account_id")';

  expect(written({ op: 'not', of: ofEuropeanAccount }).sql).toBe(`(not ${scalar})`);
  expect(written({ op: 'not', of: { op: 'not', of: { op: 'and', of: [ofEuropeanAccount] } } }).sql).toBe(
    `(not (not (${scalar})))`,
  );
});

describe('nothing is written for', () => {
  const other: Column = { name: 'notes', type: 'other' };
  const impossible: [string, RowFilter][] = [
    ['and of nothing', { op: 'and', of: [] }],
    ['or of nothing', { op: 'or', of: [] }],
    ['not of nothing', { op: 'not', of: { op: 'or', of: [] } }],
    ['in an empty list', { op: 'in', column: account, values: [] }],
    ['an empty prefix', { op: 'prefix', column: region, value: '' }],
    ['a prefix of a number', { op: 'prefix', column: account, value: '1' }],
    ['a comparison of a column that cannot be compared', { op: '=', column: other, value: 'x' }],
    ['an order of text', { op: '<', column: region, value: 'M' }],
    ['an order of booleans', { op: '>=', column: { name: 'b', type: 'boolean' }, value: 'true' }],
    ['a foreign key without columns', { ...ofEuropeanAccount, columns: [], referencedColumns: [] } as RowFilter],
    ['a foreign key with columns on one side', { ...ofEuropeanAccount, referencedColumns: [] } as RowFilter],
  ];

  test.each(impossible)('%s (A-54)', (_name, filter) => {
    expect(() => written(filter)).toThrow();
  });

  test('a column that can be shown but not compared is still null or not', () => {
    expect(written({ op: 'is null', column: other }).sql).toBe('t."notes" is null');
  });
});
