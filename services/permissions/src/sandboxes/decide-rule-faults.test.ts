import { describe, expect, test } from '@jest/globals';
import type { CatalogueTable, RowRule } from '@sandgate/contracts';
import { decideRuleFaults } from './decide-rule-faults.js';

const accounts: CatalogueTable = {
  id: 2,
  schema: 'public',
  name: 'accounts',
  columns: [{ name: 'region', type: 'text' }],
  foreignKeys: [],
};
const invoices: CatalogueTable = {
  id: 1,
  schema: 'public',
  name: 'invoices',
  columns: [
    { name: 'account_id', type: 'integer' },
    { name: 'status', type: 'text' },
    { name: 'due', type: 'date' },
    { name: 'notes', type: 'other' },
  ],
  foreignKeys: [{ columns: ['account_id'], referencedTableId: 2, referencedColumns: ['id'] }],
};
const tables = new Map([invoices, accounts].map((table) => [table.id, table]));
const faults = (rule: RowRule): string[] => decideRuleFaults(rule, invoices, tables);
const nested = (levels: number): RowRule =>
  levels === 1 ? { column: 'status', operator: 'is null' } : { not: nested(levels - 1) };

describe('the faults of a rule', () => {
  test('are none where everything fits, whether anybody has the attribute or not', () => {
    const rule: RowRule = {
      and: [
        { column: 'account_id', operator: '=', value: { attribute: 'nobody_has_this_yet' } },
        { column: 'due', operator: '>=', value: { constant: '2024-02-29' } },
        { column: 'status', operator: 'in', value: { constant: ['open', 'late'] } },
        {
          through: { columns: ['account_id'], tableId: 2 },
          rule: { column: 'region', operator: 'prefix', value: { constant: 'n' } },
        },
      ],
    };

    expect(faults(rule)).toEqual([]);
  });

  test('are listed all at once, each with its place', () => {
    const rule: RowRule = {
      or: [
        { column: 'acount_id', operator: '=', value: { attribute: 'a' } },
        { not: { column: 'notes', operator: '=', value: { attribute: 'a' } } },
        { column: 'status', operator: '<', value: { attribute: 'a' } },
        { column: 'account_id', operator: 'prefix', value: { attribute: 'a' } },
        { column: 'account_id', operator: 'in', value: { constant: [28, '28abc', 28.5] } },
        { column: 'due', operator: '<', value: { constant: ['2024-01-01'] } },
        { column: 'status', operator: 'prefix', value: { constant: '' } },
        { through: { columns: ['status'], tableId: 2 }, rule: { column: 'regoin', operator: 'is null' } },
        { through: { columns: ['account_id'], tableId: 9 }, rule: { column: 'region', operator: 'is null' } },
      ],
    };

    expect(faults(rule)).toEqual([
      'rule.or.0: public.invoices has no column acount_id; it has account_id, status, due, notes',
      'rule.or.1.not: notes has a type that cannot be compared',
      'rule.or.2: < does not go with status, which is text',
      'rule.or.3: prefix does not go with account_id, which is integer',
      'rule.or.4: "28abc" is no integer, as account_id is',
      'rule.or.4: 28.5 is no integer, as account_id is',
      'rule.or.5: < takes no list',
      'rule.or.6: every text begins with the empty one',
      'rule.or.7: no foreign key leads from public.invoices (status) to public.accounts; there is (account_id) to public.accounts, table 2',
      'rule.or.7.rule: public.accounts has no column regoin; it has region',
      'rule.or.8: there is no table 9 in this database',
    ]);
  });

  test('are found in rules that are too deep or too large to be looked at for every person', () => {
    const wide: RowRule = { or: [1, 2, 3].map(() => ({ and: Array.from({ length: 34 }, () => nested(1)) })) };

    expect(faults(nested(8))).toEqual([]);
    expect(faults(nested(9))).toEqual(['rule: at most 8 levels and 100 conditions; it has 9 and 9']);
    expect(faults(wide)).toEqual(['rule: at most 8 levels and 100 conditions; it has 3 and 106']);
  });
});
