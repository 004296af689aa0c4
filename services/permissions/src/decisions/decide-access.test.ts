import { describe, expect, test } from '@jest/globals';
import type { CatalogueTable, RowRule } from '@sandgate/contracts';
import { type AccessFacts, decideAccess, type Entry, type GroupOfAccount } from './decide-access.js';

const invoices: CatalogueTable = {
  id: 7,
  schema: 'billing',
  name: 'invoices',
  columns: [{ name: 'account_id', type: 'integer' }],
  foreignKeys: [],
};
const group = (id: number, kind: GroupOfAccount['kind'] = 'custom'): GroupOfAccount => ({
  id,
  name: `Group ${id}`,
  kind,
  sources: ['manual'],
});
const own: RowRule = { column: 'account_id', operator: '=', value: { attribute: 'account_id' } };
const equals = (constant: number): RowRule => ({ column: 'account_id', operator: '=', value: { constant } });

let lastId = 0;
const entry = (groupId: number, access: Entry['access'], place: Partial<Entry> = {}): Entry => {
  lastId += 1;
  return { id: lastId, groupId, databaseId: 1, schemaName: '', tableId: 0, access, rule: null, ...place };
};
const onTable = { schemaName: 'billing', tableId: 7 };
const onSchema = { schemaName: 'billing' };
const sandbox = (groupId: number, rule: RowRule): Entry => entry(groupId, 'sandboxed', { ...onTable, rule });

const decided = (groups: GroupOfAccount[], entries: Entry[], attributes: Record<string, number> = {}) => {
  const facts: AccessFacts = {
    groups,
    entries,
    tables: new Map([[7, { id: 7, databaseId: 1, schemaName: 'billing' }]]),
    described: new Map([[7, invoices]]),
    attributes: new Map(Object.entries(attributes).map(([name, value]) => [name, { value, source: 'token' }])),
  };
  return decideAccess(facts, 7);
};

const unrestricted = { access: 'unrestricted' };
const denied = (reason: string, attributes: string[] = []) => ({ access: 'denied', reason, attributes, columns: [] });
const is = (value: number) => ({ op: '=', column: { name: 'account_id', type: 'integer' }, value: String(value) });

describe('within one group', () => {
  test.each<[string, Entry[], unknown]>([
    ['no entry is none', [], denied('permissions.table_denied')],
    ['an entry on the database counts', [entry(3, 'unrestricted')], unrestricted],
    [
      'an entry on the schema beats the database',
      [entry(3, 'unrestricted'), entry(3, 'none', onSchema)],
      denied('permissions.table_denied'),
    ],
    [
      'an entry on the table beats the schema',
      [entry(3, 'none', onSchema), entry(3, 'unrestricted', onTable)],
      unrestricted,
    ],
    [
      'none on the table beats unrestricted on the database',
      [entry(3, 'none', onTable), entry(3, 'unrestricted')],
      denied('permissions.table_denied'),
    ],
    [
      'an entry on another schema does not count',
      [entry(3, 'unrestricted', { schemaName: 'people' })],
      denied('permissions.table_denied'),
    ],
    [
      'an entry on another database does not count',
      [entry(3, 'unrestricted', { databaseId: 2 })],
      denied('permissions.table_denied'),
    ],
    [
      'an entry of a group that the person is not in does not count',
      [entry(4, 'unrestricted')],
      denied('permissions.table_denied'),
    ],
  ])('%s', (_name, entries, expected) => {
    expect(decided([group(3)], entries)).toEqual(expected);
  });
});

describe('A-68: over several groups', () => {
  const account = { account_id: 28 };

  test.each<[string, GroupOfAccount[], Entry[], unknown]>([
    ['one sandbox is enforced', [group(3)], [sandbox(3, own)], { access: 'sandboxed', filter: is(28) }],
    [
      'an unrestricted group makes a sandbox void',
      [group(3), group(4)],
      [sandbox(3, own), entry(4, 'unrestricted')],
      unrestricted,
    ],
    ['so does All Users', [group(1, 'all-users'), group(3)], [entry(1, 'unrestricted'), sandbox(3, own)], unrestricted],
    [
      'none takes nothing away from a sandbox',
      [group(3), group(4)],
      [sandbox(3, own), entry(4, 'none', onTable)],
      { access: 'sandboxed', filter: is(28) },
    ],
    [
      'two sandboxes show what either shows',
      [group(3), group(4)],
      [sandbox(3, own), sandbox(4, equals(41))],
      { access: 'sandboxed', filter: { op: 'or', of: [is(28), is(41)] } },
    ],
    [
      'two sandboxes that mean the same are one',
      [group(3), group(4)],
      [sandbox(3, own), sandbox(4, equals(28))],
      { access: 'sandboxed', filter: is(28) },
    ],
    [
      'an administrator is unrestricted, sandboxed or not',
      [group(2, 'administrators'), group(3)],
      [sandbox(3, own)],
      unrestricted,
    ],
    [
      'no group at all sees nothing',
      [],
      [sandbox(3, own), entry(4, 'unrestricted')],
      denied('permissions.table_denied'),
    ],
  ])('%s', (_name, groups, entries, expected) => {
    expect(decided(groups, entries, account)).toEqual(expected);
  });

  test('a sandbox whose rule cannot be resolved adds no rows and takes none away', () => {
    const entries = [sandbox(3, own), sandbox(4, equals(41))];

    expect(decided([group(3), group(4)], entries)).toEqual({ access: 'sandboxed', filter: is(41) });
  });

  test('A-53: when no rule can be resolved, the answer is denied and names what is missing', () => {
    const entries = [sandbox(3, own), sandbox(4, { column: 'gone', operator: 'is null' })];

    expect(decided([group(3), group(4)], entries)).toEqual({
      access: 'denied',
      reason: 'permissions.attribute_missing',
      attributes: ['account_id'],
      columns: ['gone'],
    });
  });

  test('A-54: a sandbox without a rule is denied', () => {
    expect(decided([group(3)], [entry(3, 'sandboxed', onTable)])).toEqual(denied('permissions.rule_unresolvable'));
  });
});

test('A-66: a table that the catalogue does not have is denied, also to an administrator', () => {
  const facts: AccessFacts = {
    groups: [group(2, 'administrators')],
    entries: [],
    tables: new Map(),
    described: new Map(),
    attributes: new Map(),
  };

  expect(decideAccess(facts, 7)).toEqual(denied('permissions.table_unknown'));
});
