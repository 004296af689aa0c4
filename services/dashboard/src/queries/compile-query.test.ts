import { describe, expect, test } from '@jest/globals';
import { Failure, StructuredQuery } from '@sandgate/contracts';
import type { z } from 'zod';
import type { IntrospectedTable, LocatedTable } from '../catalogue/catalogue.js';
import { compileCount, compileQuery } from './compile-query.js';
import type { Allowance } from './visible-rows.js';

const table: IntrospectedTable = {
  id: 7,
  schema: 'public',
  name: 'invoices',
  columns: [
    { name: 'id', type: 'integer' },
    { name: 'account_id', type: 'integer' },
    { name: 'status', type: 'text' },
    { name: 'amount', type: 'decimal' },
    { name: 'paid', type: 'boolean' },
    { name: 'notes', type: 'other' },
  ],
  foreignKeys: [],
  primaryKey: ['id'],
};
const located: LocatedTable = {
  table,
  database: { id: 1, name: 'Sample', revision: 1, tables: [table] },
  tablesOfDatabase: new Map([[7, table]]),
};
const sandboxed: Allowance = {
  access: 'sandboxed',
  filter: { op: '=', column: { name: 'account_id', type: 'integer' }, value: '28' },
};
const columns = 't."id", t."account_id", t."status", t."amount", t."paid", t."notes"';
const visible = `(select ${columns} from "public"."invoices" as t where t."account_id" = $1::bigint) as t`;
const fenced = `(select ${columns} from "public"."invoices" as t where t."account_id" = $1::bigint offset 0) as t`;

const compile = (query: Omit<z.input<typeof StructuredQuery>, 'tableId'>, allowance: Allowance = sandboxed) =>
  compileQuery(StructuredQuery.parse({ tableId: 7, ...query }), located, allowance);

function faultsOf(query: Omit<z.input<typeof StructuredQuery>, 'tableId'>): unknown {
  try {
    compile(query);
  } catch (error) {
    if (error instanceof Failure && error.code === 'dashboard.query_invalid') return error.details?.['faults'];
    throw error;
  }
  return [];
}

describe('every statement reads from the visible rows only', () => {
  test('rows, with one more than asked for and in the order of the primary key', () => {
    expect(compile({ limit: 10, offset: 5 })).toMatchObject({
      text: `select ${columns} from ${visible} order by t."id" limit $2 offset $3`,
      values: ['28', 11, 5],
    });
  });

  test('aggregations by group', () => {
    const { text, columns: answered } = compile({
      groupBy: ['status'],
      aggregations: [
        { function: 'count', as: 'n' },
        { function: 'sum', column: 'amount', as: 'total' },
      ],
      orderBy: [{ column: 'total', direction: 'desc' }],
    });

    expect(text).toBe(
      `select t."status", count(*), sum(t."amount") from ${visible} group by t."status" order by sum(t."amount") desc, t."status" limit $2 offset $3`,
    );
    expect(answered).toMatchObject([
      { name: 'status', type: 'text' },
      { name: 'n', type: 'integer' },
      { name: 'total', type: 'decimal' },
    ]);
  });

  test('distinct values', () => {
    expect(compile({ groupBy: ['status'] }).text).toBe(
      `select t."status" from ${visible} group by t."status" order by t."status" limit $2 offset $3`,
    );
  });

  test('a count', () => {
    expect(compileCount(located, sandboxed, 101)).toEqual({
      text: `select count(*) from (select from ${visible} limit $2) as t`,
      values: ['28', 101],
    });
  });

  test('a condition of the person stays outside of a fence (A-59)', () => {
    expect(compile({ columns: ['id'], filter: { column: 'amount', operator: '>', value: 5 } })).toMatchObject({
      text: `select t."id" from ${fenced} where t."amount" > $2::numeric order by t."id" limit $3 offset $4`,
      values: ['28', '5', 2001, 0],
    });
  });

  test('unrestricted rows need no fence', () => {
    expect(
      compile({ columns: ['id'], filter: { column: 'id', operator: '=', value: '5' } }, { access: 'unrestricted' })
        .text,
    ).toBe(
      `select t."id" from (select ${columns} from "public"."invoices" as t) as t where t."id" = $1::bigint order by t."id" limit $2 offset $3`,
    );
  });

  test('a filter of another catalogue is refused', () => {
    const filter = { op: '=', column: { name: 'account_id', type: 'text' }, value: '28' } as const;

    expect(() => compile({}, { access: 'sandboxed', filter })).toThrow(
      expect.objectContaining({ code: 'dashboard.catalogue_differs' }) as never,
    );
  });
});

describe('a query that is not valid is refused with', () => {
  const invalid: [string, Parameters<typeof faultsOf>[0], string[]][] = [
    ['an unknown column', { columns: ['id', 'secret'] }, ['columns.1: the table has no column secret']],
    [
      'a column that is an expression',
      { columns: ['id", current_user as "x'] },
      ['columns.0: the table has no column id", current_user as "x'],
    ],
    ['a column twice', { columns: ['id', 'id'] }, ['columns: id is named twice']],
    [
      'an unknown column to filter by (A-69)',
      { filter: { column: 'ctid', operator: '=', value: 1 } },
      ['filter.column: the table has no column ctid'],
    ],
    ['an unknown column to group by (A-69)', { groupBy: ['ctid'] }, ['groupBy.0: the table has no column ctid']],
    [
      'an unknown column to sort by (A-69)',
      { orderBy: [{ column: 'ctid' }] },
      ['orderBy.0: the result has no column ctid'],
    ],
    [
      'a column to sort by that is not answered',
      { columns: ['id'], orderBy: [{ column: 'amount' }] },
      ['orderBy.0: the result has no column amount'],
    ],
    [
      'an unknown column to aggregate (A-69)',
      { aggregations: [{ function: 'max', column: 'ctid', as: 'm' }] },
      ['aggregations.0.column: the table has no column ctid'],
    ],
    [
      'a sum of text',
      { aggregations: [{ function: 'sum', column: 'status', as: 's' }] },
      ['aggregations.0.column: sum takes a number, which status is not'],
    ],
    [
      'an average of truth',
      { aggregations: [{ function: 'avg', column: 'paid', as: 'a' }] },
      ['aggregations.0.column: avg takes a number, which paid is not'],
    ],
    [
      'a sum of nothing',
      { aggregations: [{ function: 'sum', as: 's' }] },
      ['aggregations.0.column: sum takes a number'],
    ],
    [
      'the smallest boolean',
      { aggregations: [{ function: 'min', column: 'paid', as: 'm' }] },
      ['aggregations.0.column: min takes a number, text, a date or a time, which paid is not'],
    ],
    ['a group of what cannot be compared', { groupBy: ['notes'] }, ['groupBy: notes can be shown but not grouped by']],
    [
      'an order of what cannot be compared',
      { orderBy: [{ column: 'notes' }] },
      ['orderBy.0: notes can be shown but not sorted by'],
    ],
    [
      'a comparison of what cannot be compared',
      { filter: { column: 'notes', operator: '=', value: 'x' } },
      ['filter.column: notes can be shown but not compared'],
    ],
    [
      'a name of two results',
      { groupBy: ['status'], aggregations: [{ function: 'count', as: 'status' }] },
      ['columns: status is named twice'],
    ],
    [
      'columns beside aggregations',
      { columns: ['id'], aggregations: [{ function: 'count', as: 'n' }] },
      ['columns: with aggregations or groupBy, name the columns in groupBy'],
    ],
    [
      'a value of another type',
      { filter: { column: 'account_id', operator: '=', value: '28abc' } },
      ['filter.value: must be a whole number, as account_id is'],
    ],
    [
      'a list with one value of another type',
      { filter: { column: 'account_id', operator: 'in', value: [1, '2', true] } },
      ['filter.value: must be a whole number, as account_id is'],
    ],
    [
      'an order of text',
      { filter: { column: 'status', operator: '<', value: 'm' } },
      ['filter.operator: < takes a number, a date or a time, not text'],
    ],
    [
      'an order of a list',
      { filter: { column: 'amount', operator: '<', value: [1, 2] } },
      ['filter.operator: < takes one value, not a list'],
    ],
    [
      'an empty prefix',
      { filter: { column: 'status', operator: 'prefix', value: '' } },
      ['filter.operator: prefix takes some text, on a text column'],
    ],
    [
      'a prefix of a number',
      { filter: { column: 'amount', operator: 'prefix', value: '1' } },
      ['filter.operator: prefix takes some text, on a text column'],
    ],
  ];

  test.each(invalid)('%s', (_name, query, faults) => {
    expect(faultsOf(query)).toEqual(faults);
  });

  test('all faults at once', () => {
    const filter = {
      and: [
        { column: 'x', operator: 'is null' as const },
        { not: { column: 'paid', operator: '=' as const, value: 'maybe' } },
      ],
    };

    expect(faultsOf({ columns: ['y'], filter, orderBy: [{ column: 'z' }] })).toEqual([
      'columns.0: the table has no column y',
      'orderBy.0: the result has no column z',
      'filter.and.0.column: the table has no column x',
      'filter.and.1.not.value: must be true or false, as paid is',
    ]);
  });

  test('a filter that is too deep or too long', () => {
    let deep: z.input<typeof StructuredQuery>['filter'] = { column: 'id', operator: 'is null' };
    for (let depth = 0; depth < 16; depth += 1) deep = { not: deep };
    const many = {
      or: Array.from({ length: 20 }, () => ({
        or: Array.from({ length: 20 }, () => ({ column: 'id', operator: 'is null' as const })),
      })),
    };

    expect(faultsOf({ filter: deep })).toHaveLength(1);
    expect(faultsOf({ filter: many })).toEqual(['filter: has more than 200 parts']);
  });
});

test('a list means in, whatever the operator says', () => {
  expect(
    compile({ columns: ['id'], filter: { column: 'status', operator: '=', value: ['paid', 'open'] } }),
  ).toMatchObject({
    values: ['28', ['paid', 'open'], 2001, 0],
  });
});
