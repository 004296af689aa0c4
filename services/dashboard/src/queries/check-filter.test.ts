import { expect, test } from '@jest/globals';
import type { CatalogueTable, RowFilter } from '@sandgate/contracts';
import { checkFilter } from './check-filter.js';

const accounts: CatalogueTable = {
  id: 1,
  schema: 'public',
  name: 'accounts',
  columns: [
    { name: 'id', type: 'integer' },
    { name: 'region', type: 'text' },
  ],
  foreignKeys: [],
};
const invoices: CatalogueTable = {
  id: 2,
  schema: 'public',
  name: 'invoices',
  columns: [{ name: 'account_id', type: 'integer' }],
  foreignKeys: [{ columns: ['account_id'], referencedTableId: 1, referencedColumns: ['id'] }],
};
const tables = new Map([accounts, invoices].map((table) => [table.id, table]));
const check = (filter: RowFilter) => () => checkFilter(filter, invoices, tables);

const through = {
  op: 'through',
  columns: [{ name: 'account_id', type: 'integer' }],
  table: { id: 1, schema: 'public', name: 'accounts' },
  referencedColumns: [{ name: 'id', type: 'integer' }],
  of: { op: '=', column: { name: 'region', type: 'text' }, value: 'Europe' },
} as const satisfies RowFilter;

test('a filter that names what the catalogue has passes', () => {
  expect(
    check({
      op: 'or',
      of: [{ op: 'not', of: { op: 'is null', column: { name: 'account_id', type: 'integer' } } }, through],
    }),
  ).not.toThrow();
});

const differing: [string, RowFilter][] = [
  ['a column that is gone', { op: 'is null', column: { name: 'customer_id', type: 'integer' } }],
  ['another type', { op: '=', column: { name: 'account_id', type: 'text' }, value: '1' }],
  ['a column of another table', { op: '=', column: { name: 'region', type: 'text' }, value: 'Europe' }],
  ['a table that is gone', { ...through, table: { id: 3, schema: 'public', name: 'accounts' } }],
  ['a table of another name', { ...through, table: { id: 1, schema: 'public', name: 'people' } }],
  ['a table of another schema', { ...through, table: { id: 1, schema: 'private', name: 'accounts' } }],
  ['a foreign key that is gone', { ...through, referencedColumns: [{ name: 'region', type: 'text' }] }],
  ['another type of a referencing column', { ...through, columns: [{ name: 'account_id', type: 'decimal' }] }],
  ['another type of a referenced column', { ...through, referencedColumns: [{ name: 'id', type: 'uuid' }] }],
  [
    'a column of the referenced table that is gone',
    { ...through, of: { op: 'is null', column: { name: 'continent', type: 'text' } } },
  ],
];

test.each(differing)('%s is refused, also deep within', (_name, filter) => {
  const refused = expect.objectContaining({ code: 'dashboard.catalogue_differs', details: undefined });

  expect(check(filter)).toThrow(refused as never);
  expect(check({ op: 'and', of: [{ op: 'not', of: { op: 'or', of: [filter] } }] })).toThrow(refused as never);
});
