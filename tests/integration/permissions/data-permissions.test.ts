import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import {
  aCatalogue,
  accounts,
  aGroup,
  anAccount,
  type Instance,
  invoices,
  ownInvoices,
  type RunningPermissions,
  salaries,
  startPermissions,
} from './running-permissions.js';

let permissions: RunningPermissions;
let twin: Instance;

beforeAll(async () => {
  permissions = await startPermissions();
  twin = await permissions.anotherInstance();
});

afterAll(() => permissions.stop());

const put = (entries: unknown[]) => permissions.asAdministrator('PUT', '/api/data-permissions', { entries });
const entriesOf = async (groupId: number) =>
  (await permissions.asAdministrator('GET', `/api/data-permissions?groupId=${groupId}`)).body.data;
const sandboxesOf = async (groupId: number) =>
  (await permissions.asAdministrator('GET', `/api/sandboxes?groupId=${groupId}`)).body.data;

/** A group with one member, and what that member may see of each table. */
const aGroupWithMember = async (options: Parameters<typeof aGroup>[1] = {}) => {
  const account = anAccount({ attributes: { account_id: 28 } });
  await permissions.apply(account);
  const group = await aGroup(permissions, { ...options, members: [account.accountId] });
  const accessTo = async (...tableIds: number[]) =>
    Promise.all(tableIds.map(async (id) => (await permissions.decide(account.accountId, id)).access));
  return { ...group, accountId: account.accountId, accessTo };
};

describe('data permissions', () => {
  test('are none from the start, for everything and everybody', async () => {
    const { accessTo } = await aGroupWithMember();

    expect(await accessTo(1, 2, 3)).toEqual(['denied', 'denied', 'denied']);
    expect(await permissions.decide(permissions.administratorId, 1)).toEqual({ access: 'unrestricted' });
  });

  test('are set on a database, a schema and a table, and the most specific counts', async () => {
    const { id: groupId, accessTo } = await aGroupWithMember();

    await put([{ groupId, databaseId: 1, access: 'unrestricted' }]);
    expect(await accessTo(1, 2, 3)).toEqual(['unrestricted', 'unrestricted', 'unrestricted']);

    await put([{ groupId, databaseId: 1, schema: 'people', access: 'none' }]);
    expect(await accessTo(1, 2, 3)).toEqual(['unrestricted', 'unrestricted', 'denied']);

    await put([
      { groupId, databaseId: 1, tableId: 1, access: 'none' },
      { groupId, databaseId: 1, tableId: 3, access: 'unrestricted' },
    ]);
    expect(await accessTo(1, 2, 3)).toEqual(['denied', 'unrestricted', 'unrestricted']);
    expect(await entriesOf(groupId)).toEqual([
      { groupId, databaseId: 1, access: 'unrestricted' },
      { groupId, databaseId: 1, schema: 'people', access: 'none' },
      { groupId, databaseId: 1, tableId: 3, access: 'unrestricted' },
      { groupId, databaseId: 1, tableId: 1, access: 'none' },
    ]);
  });

  test('count for everybody when they are those of All Users', async () => {
    const { accessTo } = await aGroupWithMember();

    await put([{ groupId: 1, databaseId: 1, tableId: 2, access: 'unrestricted' }]);
    const open = await accessTo(2);
    await put([{ groupId: 1, databaseId: 1, tableId: 2, access: 'none' }]);

    expect([open, await accessTo(2)]).toEqual([['unrestricted'], ['denied']]);
  });

  test('on a database or schema take away what lies below, when they are none', async () => {
    const { id: groupId, accessTo } = await aGroupWithMember({ rule: ownInvoices });
    const other = await aGroupWithMember({ rule: ownInvoices });
    await put([
      { groupId, databaseId: 1, schema: 'people', access: 'unrestricted' },
      { groupId, databaseId: 1, tableId: 2, access: 'unrestricted' },
    ]);

    await put([{ groupId, databaseId: 1, schema: 'public', access: 'none' }]);
    expect(await accessTo(1, 2, 3)).toEqual(['denied', 'denied', 'unrestricted']);

    await put([{ groupId, databaseId: 1, access: 'none' }]);
    expect(await accessTo(1, 2, 3)).toEqual(['denied', 'denied', 'denied']);
    expect(await entriesOf(groupId)).toEqual([{ groupId, databaseId: 1, access: 'none' }]);
    expect(await sandboxesOf(groupId)).toEqual([]);
    expect(await sandboxesOf(other.id)).toHaveLength(1);
  });

  test('below a none that are named beside it stay: what was read can be written again', async () => {
    const { id: groupId, sandboxId } = await aGroupWithMember({ rule: ownInvoices });
    await put([
      { groupId, databaseId: 1, access: 'none' },
      { groupId, databaseId: 1, tableId: 2, access: 'unrestricted' },
      { groupId, databaseId: 1, tableId: 1, access: 'sandboxed' },
    ]);
    const before = await entriesOf(groupId);

    const { status } = await put(before);

    expect(status).toBe(200);
    expect(before).toHaveLength(3);
    expect(await entriesOf(groupId)).toEqual(before);
    expect(await sandboxesOf(groupId)).toMatchObject([{ id: sandboxId, rule: ownInvoices }]);
  });

  test.each(['unrestricted', 'none'] as const)('in the place of a sandbox remove it: %s', async (access) => {
    const { id: groupId, sandboxId, accessTo } = await aGroupWithMember({ rule: ownInvoices });

    await put([{ groupId, databaseId: 1, tableId: 1, access }]);

    expect(await accessTo(1)).toEqual([access === 'none' ? 'denied' : 'unrestricted']);
    expect(
      await permissions.asAdministrator('PATCH', `/api/sandboxes/${sandboxId}`, { rule: ownInvoices }),
    ).toMatchObject({ status: 404 });
    // A new one has an id of its own.
    expect(
      (await permissions.asAdministrator('POST', '/api/sandboxes', { groupId, tableId: 1, rule: ownInvoices })).body.id,
    ).not.toBe(sandboxId);
  });

  test('are refused with all faults and without a change', async () => {
    const { id: groupId } = await aGroupWithMember({ rule: ownInvoices });
    const before = await entriesOf(groupId);

    const { status, body } = await put([
      { groupId, databaseId: 1, access: 'unrestricted' },
      { groupId: 2_000_000, databaseId: 1, access: 'none' },
      { groupId, databaseId: 9, access: 'none' },
      { groupId, databaseId: 1, schema: 'pubic', access: 'none' },
      { groupId, databaseId: 1, tableId: 77, access: 'none' },
      { groupId, databaseId: 1, schema: 'public', tableId: 1, access: 'none' },
      { groupId, databaseId: 1, access: 'sandboxed' },
      { groupId, databaseId: 1, schema: 'public', access: 'sandboxed' },
      { groupId, databaseId: 1, tableId: 2, access: 'sandboxed' },
      { groupId: 2, databaseId: 1, access: 'none' },
    ]);

    expect(status).toBe(400);
    expect(body).toMatchObject({
      code: 'permissions.settings_invalid',
      details: {
        faults: [
          'entries.1: there is no group 2000000',
          'entries.2: there is no database 9',
          'entries.3: database 1 has no schema pubic; it has people, public',
          'entries.4: database 1 has no table 77',
          'entries.5: names a schema and a table; a table is named by tableId alone',
          'entries.6: only a table can be sandboxed',
          'entries.6: names the same as entries.0',
          'entries.7: only a table can be sandboxed',
          'entries.8: the group has no sandbox on this table; create it with POST /api/sandboxes, which sets this entry',
          'entries.9: Administrators is unrestricted everywhere and has no entries',
        ],
      },
    });
    expect(await entriesOf(groupId)).toEqual(before);
  });

  test('of Administrators cannot be changed', async () => {
    expect(await put([{ groupId: 2, databaseId: 1, access: 'none' }])).toMatchObject({
      status: 409,
      body: { code: 'permissions.group_built_in' },
    });
    expect(
      await permissions.asAdministrator('POST', '/api/sandboxes', { groupId: 2, tableId: 1, rule: ownInvoices }),
    ).toMatchObject({
      status: 409,
      body: { code: 'permissions.group_built_in' },
    });
  });

  test.each([
    [{ access: 'write' }],
    [{ groupId: 0 }],
    [{ databaseId: '1' }],
    [{ schema: '' }],
    [{ rule: ownInvoices }],
  ])('are refused when they are none: %j', async (part) => {
    expect(await put([{ groupId: 3, databaseId: 1, access: 'none', ...part }])).toMatchObject({
      status: 400,
      body: { code: 'request.invalid' },
    });
  });

  test('are listed page by page, of a group or of a database', async () => {
    const all = (await permissions.asAdministrator('GET', '/api/data-permissions?limit=2000')).body;
    const page = (await permissions.asAdministrator('GET', '/api/data-permissions?limit=2&offset=1')).body;

    expect(all.total).toBe(all.data.length);
    expect(page).toMatchObject({ data: all.data.slice(1, 3), total: all.total });
    expect((await permissions.asAdministrator('GET', '/api/data-permissions?databaseId=2')).body).toMatchObject({
      data: [],
      total: 0,
    });
  });

  test('A-72: are in force on every instance when answered', async () => {
    const { id: groupId, accountId } = await aGroupWithMember({ access: 'unrestricted' });

    for (const access of ['none', 'unrestricted', 'none', 'unrestricted', 'none']) {
      await put([{ groupId, databaseId: 1, tableId: 1, access }]);
      const [one, other] = await Promise.all([permissions.decide(accountId), twin.decide(accountId)]);
      expect([one.access, other.access]).toEqual(access === 'none' ? ['denied', 'denied'] : [access, access]);
    }
  });
});

describe('what was granted on a table', () => {
  test('has no effect while the table is gone, and counts again when it is back', async () => {
    const { id: groupId, accountId, accessTo } = await aGroupWithMember({ rule: ownInvoices });

    await permissions.applyCatalogue(aCatalogue([accounts, salaries], 2));
    const gone = await permissions.decide(accountId);
    const listed = await permissions.asAdministrator('GET', `/api/sandboxes?groupId=${groupId}`);
    const changed = await permissions.asAdministrator('PATCH', `/api/sandboxes/${listed.body.data[0].id}`, {
      rule: ownInvoices,
    });
    await permissions.applyCatalogue(aCatalogue([invoices, accounts, salaries], 3));

    expect(gone).toMatchObject({ access: 'denied', reason: 'permissions.table_unknown' });
    expect(changed).toMatchObject({ status: 400, body: { details: { faults: ['tableId: there is no table 1'] } } });
    expect(await accessTo(1)).toEqual(['sandboxed']);
  });

  test('can be taken away on its schema while the table is gone', async () => {
    const { id: groupId, accessTo } = await aGroupWithMember({ rule: ownInvoices });
    await permissions.applyCatalogue(aCatalogue([accounts, salaries], 4));

    await put([{ groupId, databaseId: 1, schema: 'public', access: 'none' }]);
    await permissions.applyCatalogue(aCatalogue([invoices, accounts, salaries], 5));

    expect(await accessTo(1)).toEqual(['denied']);
  });

  test('follows the catalogue: a column that is gone or has another type denies, also what was decided before', async () => {
    const { accountId } = await aGroupWithMember({ rule: ownInvoices });
    const before = await permissions.decide(accountId);
    const columns = (type: 'text' | 'uuid') =>
      invoices.columns.map((column) => (column.name === 'account_id' ? { ...column, type } : column));

    await permissions.applyCatalogue(
      aCatalogue(
        [{ ...invoices, columns: invoices.columns.filter(({ name }) => name !== 'account_id') }, accounts, salaries],
        6,
      ),
    );
    const gone = await permissions.decide(accountId);
    await permissions.applyCatalogue(aCatalogue([{ ...invoices, columns: columns('uuid') }, accounts, salaries], 7));
    const other = await permissions.decide(accountId);
    // An older catalogue that comes late changes nothing.
    await permissions.applyCatalogue(aCatalogue([invoices, accounts, salaries], 5));
    const late = await permissions.decide(accountId);
    await permissions.applyCatalogue(aCatalogue([invoices, accounts, salaries], 8));

    expect(before).toMatchObject({ access: 'sandboxed' });
    expect(gone).toMatchObject({ access: 'denied', reason: 'permissions.rule_unresolvable', columns: ['account_id'] });
    expect(other).toMatchObject({
      access: 'denied',
      reason: 'permissions.attribute_mistyped',
      attributes: ['account_id'],
    });
    expect(late).toEqual(other);
    expect(await permissions.decide(accountId)).toEqual(before);
  });
});
