import { describe, expect, test } from '@jest/globals';
import type { AttributeValue, CatalogueTable, Operand, RowRule } from '@sandgate/contracts';
import { type AttributeValues, compileRowFilter } from './compile-row-filter.js';

const accounts: CatalogueTable = {
  id: 2,
  schema: 'public',
  name: 'accounts',
  columns: [
    { name: 'id', type: 'integer' },
    { name: 'region', type: 'text' },
  ],
  foreignKeys: [],
};

const invoices: CatalogueTable = {
  id: 1,
  schema: 'public',
  name: 'invoices',
  columns: [
    { name: 'id', type: 'integer' },
    { name: 'account_id', type: 'integer' },
    { name: 'status', type: 'text' },
    { name: 'due', type: 'date' },
    { name: 'paid', type: 'boolean' },
    { name: 'notes', type: 'other' },
  ],
  foreignKeys: [{ columns: ['account_id'], referencedTableId: 2, referencedColumns: ['id'] }],
};

const tables = new Map([invoices, accounts].map((table) => [table.id, table]));
const attribute = (name: string): Operand => ({ attribute: name });
const constant = (value: string | number | boolean | (string | number)[]): Operand => ({ constant: value });
const own: RowRule = { column: 'account_id', operator: '=', value: attribute('account_id') };

const having = (values: Record<string, unknown>): AttributeValues =>
  new Map(Object.entries(values).map(([name, value]) => [name, { value: value as AttributeValue, source: 'token' }]));

const compiled = (rule: RowRule, attributes: Record<string, unknown> = {}) =>
  compileRowFilter(rule, { table: invoices, tables, attributes: having(attributes) });

const missing = (name: string) => ({
  unresolvable: { reason: 'permissions.attribute_missing', attributes: [name], columns: [] },
});
const mistyped = (name: string) => ({
  unresolvable: { reason: 'permissions.attribute_mistyped', attributes: [name], columns: [] },
});
const broken = (...columns: string[]) => ({
  unresolvable: { reason: 'permissions.rule_unresolvable', attributes: [], columns },
});
const accountId = { name: 'account_id', type: 'integer' };

describe('a comparison with an attribute', () => {
  test.each([
    [28, { op: '=', column: accountId, value: '28' }],
    ['28', { op: '=', column: accountId, value: '28' }],
    [[28, '41'], { op: 'in', column: accountId, values: ['28', '41'] }],
    [[28, '28'], { op: 'in', column: accountId, values: ['28'] }],
  ])('A-56: with %j on an integer column is about that number', (value, filter) => {
    expect(compiled(own, { account_id: value })).toEqual({ filter });
  });

  test.each([[undefined], [null], [''], [[]]])('A-53, A-57: with %j is unresolvable as missing', (value) => {
    expect(compiled(own, { account_id: value })).toEqual(missing('account_id'));
  });

  test.each([
    ['28abc'],
    [28.5],
    [true],
    [{}],
    [{ not: -1 }],
    [[{}]],
    [Number.NaN],
    [[28, 'x']],
    [[28, null]],
    [[28, '']],
    [[[28]]],
  ])('A-53, A-55: with %j is unresolvable as mistyped', (value) => {
    expect(compiled(own, { account_id: value })).toEqual(mistyped('account_id'));
  });

  test('A-15, A-53: an attribute named like a member of every object is missing', () => {
    const rule = (name: string): RowRule => ({ column: 'status', operator: '=', value: attribute(name) });

    expect(compiled(rule('toString'))).toEqual(missing('toString'));
    expect(compiled(rule('__proto__'))).toEqual(missing('__proto__'));
  });

  test('an empty text in a list does not fit: it would show the rows of nobody in particular', () => {
    const rule: RowRule = { column: 'status', operator: 'in', value: attribute('states') };

    expect(compiled(rule, { states: ['open', ''] })).toEqual(mistyped('states'));
  });

  test.each(['<', '<=', '>', '>=', 'prefix'] as const)('a list has no %s', (operator) => {
    const column = operator === 'prefix' ? 'status' : 'due';
    const rule: RowRule = { column, operator, value: attribute('list') };

    expect(compiled(rule, { list: ['2024-01-01'] })).toEqual(mistyped('list'));
  });

  test('an empty prefix never stands for every row', () => {
    expect(compiled({ column: 'status', operator: 'prefix', value: attribute('start') }, { start: '' })).toEqual(
      missing('start'),
    );
    expect(compiled({ column: 'status', operator: 'prefix', value: constant('') })).toEqual(broken('status'));
  });
});

describe('a comparison with a constant', () => {
  test('of a list means in, and of an empty text means that text', () => {
    const states = { name: 'status', type: 'text' };

    expect(compiled({ column: 'status', operator: '=', value: constant(['open', 'late']) })).toEqual({
      filter: { op: 'in', column: states, values: ['open', 'late'] },
    });
    expect(compiled({ column: 'status', operator: '=', value: constant('') })).toEqual({
      filter: { op: '=', column: states, value: '' },
    });
  });

  test('that no longer fits its column makes the rule unresolvable, naming the column', () => {
    expect(compiled({ column: 'account_id', operator: '=', value: constant('north') })).toEqual(broken('account_id'));
  });
});

describe('a rule', () => {
  test('A-54: without any part is unresolvable, also where it is a part itself', () => {
    expect(compiled({ and: [] })).toEqual(broken());
    expect(compiled({ or: [] })).toEqual(broken());
    expect(compiled({ not: { and: [] } })).toEqual(broken());
    expect(compiled({ and: [own, { or: [] }] }, { account_id: 28 })).toEqual(broken());
    expect(compiled({ column: 'status', operator: 'in', value: constant([]) })).toEqual(broken());
  });

  test.each<[string, (part: RowRule, other: RowRule) => RowRule]>([
    ['and', (part, other) => ({ and: [other, part] })],
    ['or', (part, other) => ({ or: [other, part] })],
    ['not', (part) => ({ not: part })],
    ['or below not', (part, other) => ({ not: { or: [part, other] } })],
  ])('with one comparison under %s that cannot be resolved is unresolvable as a whole', (_name, within) => {
    const paid: RowRule = { column: 'paid', operator: '=', value: constant(true) };

    expect(compiled(within(own, paid))).toEqual(missing('account_id'));
  });

  test('names everything that is missing or does not fit at once', () => {
    const rule: RowRule = {
      and: [
        own,
        { column: 'due', operator: '<', value: attribute('until') },
        { column: 'status', operator: '=', value: attribute('state') },
      ],
    };

    expect(compiled(rule, { until: 'soon' })).toEqual({
      unresolvable: {
        reason: 'permissions.attribute_missing',
        attributes: ['account_id', 'state', 'until'],
        columns: [],
      },
    });
  });

  test('that names a column which is gone, or one with another type, is unresolvable whatever the attributes are', () => {
    expect(compiled({ and: [own, { column: 'owner', operator: '=', value: attribute('owner') }] })).toEqual({
      unresolvable: { reason: 'permissions.rule_unresolvable', attributes: ['account_id'], columns: ['owner'] },
    });
    expect(compiled({ column: 'notes', operator: '=', value: attribute('x') }, { x: 'y' })).toEqual(broken('notes'));
    expect(compiled({ column: 'status', operator: '<', value: attribute('x') }, { x: 'y' })).toEqual(broken('status'));
    expect(compiled({ column: 'account_id', operator: 'prefix', value: attribute('x') }, { x: '2' })).toEqual(
      broken('account_id'),
    );
  });

  test('may ask of any column whether it is null', () => {
    expect(compiled({ column: 'notes', operator: 'is null' })).toEqual({
      filter: { op: 'is null', column: { name: 'notes', type: 'other' } },
    });
  });

  test('leads through a foreign key to the row that it references', () => {
    const rule: RowRule = {
      through: { columns: ['account_id'], tableId: 2 },
      rule: { column: 'region', operator: '=', value: attribute('region') },
    };

    expect(compiled(rule, { region: 'north' })).toEqual({
      filter: {
        op: 'through',
        columns: [accountId],
        table: { id: 2, schema: 'public', name: 'accounts' },
        referencedColumns: [{ name: 'id', type: 'integer' }],
        of: { op: '=', column: { name: 'region', type: 'text' }, value: 'north' },
      },
    });
  });

  test.each([
    ['another column', { columns: ['id'], tableId: 2 }],
    ['another table', { columns: ['account_id'], tableId: 1 }],
    ['a table that is gone', { columns: ['account_id'], tableId: 3 }],
  ])('is unresolvable where no foreign key leads from or to %s', (_name, through) => {
    expect(compiled({ through, rule: { column: 'region', operator: 'is null' } })).toEqual(
      broken(through.columns.join(', ')),
    );
  });
});
