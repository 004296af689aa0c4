import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { aGroup, anAccount, ownInvoices, type RunningPermissions, startPermissions } from './running-permissions.js';

let permissions: RunningPermissions;

beforeAll(async () => {
  permissions = await startPermissions();
});

afterAll(() => permissions.stop());

const create = (groupId: number, rule: unknown, tableId = 1) =>
  permissions.asAdministrator('POST', '/api/sandboxes', { groupId, tableId, rule });

const people = async (count: number, status: 'active' | 'deactivated' = 'active'): Promise<string[]> => {
  const accounts = Array.from({ length: count }, () => anAccount({ status, attributes: { account_id: 28 } }));
  await permissions.apply(...accounts);
  return accounts.map(({ accountId }) => accountId);
};

describe('a sandbox', () => {
  test('sets its table to sandboxed, can be changed, and leaves none when deleted', async () => {
    const [accountId] = (await people(1)) as [string];
    const { id: groupId } = await aGroup(permissions, { access: 'unrestricted', members: [accountId] });
    const entry = async () =>
      (await permissions.asAdministrator('GET', `/api/data-permissions?groupId=${groupId}`)).body.data;

    const created = await create(groupId, ownInvoices);
    const { id } = created.body;
    const afterCreate = [await entry(), await permissions.decide(accountId)];
    const changed = await permissions.asAdministrator('PATCH', `/api/sandboxes/${id}`, { rule: { not: ownInvoices } });
    const afterChange = await permissions.decide(accountId);
    const deleted = await permissions.asAdministrator('DELETE', `/api/sandboxes/${id}`);
    const afterDelete = [await entry(), await permissions.decide(accountId)];

    expect(created).toMatchObject({ status: 201, body: { groupId, tableId: 1, rule: ownInvoices, warnings: [] } });
    expect(afterCreate).toMatchObject([
      [{ groupId, databaseId: 1, tableId: 1, access: 'sandboxed' }],
      { access: 'sandboxed', filter: { op: '=', value: '28' } },
    ]);
    expect(changed).toMatchObject({ status: 200, body: { id, groupId, tableId: 1, rule: { not: ownInvoices } } });
    expect(afterChange).toMatchObject({ access: 'sandboxed', filter: { op: 'not' } });
    expect(deleted.status).toBe(204);
    expect(afterDelete).toMatchObject([[{ groupId, databaseId: 1, tableId: 1, access: 'none' }], { access: 'denied' }]);
  });

  test('is one for a group and a table', async () => {
    const { id } = await aGroup(permissions, { rule: ownInvoices });

    expect(await create(id, ownInvoices)).toMatchObject({ status: 409, body: { code: 'permissions.sandbox_exists' } });
  });

  test('that does not exist is neither changed nor deleted', async () => {
    const answers = [
      await permissions.asAdministrator('PATCH', '/api/sandboxes/2000000', { rule: ownInvoices }),
      await permissions.asAdministrator('DELETE', '/api/sandboxes/2000000'),
    ];

    expect(answers.map(({ status, body }) => [status, body.code])).toEqual(
      answers.map(() => [404, 'permissions.sandbox_not_found']),
    );
  });

  test('is refused with all faults, of the group, the table and the rule', async () => {
    const wrong = {
      and: [
        { column: 'acount_id', operator: '=', value: { attribute: 'a' } },
        { column: 'notes', operator: '=', value: { constant: 'x' } },
      ],
    };

    expect(await create(2_000_000, wrong)).toMatchObject({
      status: 400,
      body: {
        code: 'permissions.settings_invalid',
        details: {
          faults: [
            'groupId: there is no group 2000000',
            'rule.and.0: public.invoices has no column acount_id; it has id, account_id, status, notes',
            'rule.and.1: notes has a type that cannot be compared',
          ],
        },
      },
    });
    expect(await create(2_000_000, ownInvoices, 99)).toMatchObject({
      status: 400,
      body: { details: { faults: ['groupId: there is no group 2000000', 'tableId: there is no table 99'] } },
    });
  });

  test.each([
    [{}],
    [null],
    [[]],
    [{ and: [] }],
    [{ or: [] }],
    [{ not: {} }],
    [{ column: 'account_id', operator: 'like', value: { attribute: 'a' } }],
    [{ column: 'account_id', operator: '=', value: 28 }],
    [{ column: 'account_id', operator: '=', value: { constant: [] } }],
    [{ column: 'account_id', operator: '=', value: { constant: null } }],
    [{ column: 'account_id', operator: '=', value: { attribute: '__proto__' } }],
    [{ column: 'account_id', operator: '=', value: { attribute: 'a', constant: 1 } }],
    [{ column: 'account_id', operator: '=', value: { attribute: 'a' }, or: [ownInvoices] }],
    [{ sql: 'true' }],
  ])('A-54: is refused with a rule that says nothing or something else: %j', async (rule) => {
    const { id } = await aGroup(permissions);

    expect(await create(id, rule)).toMatchObject({ status: 400, body: { code: 'request.invalid' } });
  });

  test('A-70: has its rule checked when it is changed as when it is made', async () => {
    const { sandboxId } = await aGroup(permissions, { rule: ownInvoices });
    const faulty = [
      { column: 'acount_id', operator: '=', value: { attribute: 'a' } },
      { column: 'notes', operator: '=', value: { attribute: 'a' } },
      { column: 'account_id', operator: 'prefix', value: { attribute: 'a' } },
      { column: 'account_id', operator: '=', value: { constant: '28abc' } },
      { through: { columns: ['status'], tableId: 2 }, rule: ownInvoices },
      { through: { columns: ['account_id'], tableId: 2 }, rule: ownInvoices },
    ];

    for (const rule of faulty)
      expect([
        rule,
        (await permissions.asAdministrator('PATCH', `/api/sandboxes/${sandboxId}`, { rule })).status,
      ]).toEqual([rule, 400]);
    const [sandbox] = (await permissions.asAdministrator('GET', '/api/sandboxes?limit=2000')).body.data.filter(
      ({ id }: { id: number }) => id === sandboxId,
    );
    expect(sandbox.rule).toEqual(ownInvoices);
  });

  test('may lead through a foreign key', async () => {
    const account = anAccount({ attributes: { region: 'north' } });
    await permissions.apply(account);
    const rule = {
      through: { columns: ['account_id'], tableId: 2 },
      rule: { column: 'region', operator: '=', value: { attribute: 'region' } },
    };
    await aGroup(permissions, { rule, members: [account.accountId] });

    expect(await permissions.decide(account.accountId)).toMatchObject({
      access: 'sandboxed',
      filter: { op: 'through', table: { id: 2, schema: 'public', name: 'accounts' }, of: { op: '=', value: 'north' } },
    });
  });

  test('is listed page by page, of a group or of a table', async () => {
    const { id: groupId, sandboxId } = await aGroup(permissions, { rule: ownInvoices });
    const all = (await permissions.asAdministrator('GET', '/api/sandboxes?limit=2000')).body;

    expect(all.total).toBe(all.data.length);
    expect((await permissions.asAdministrator('GET', '/api/sandboxes?limit=1&offset=1')).body).toMatchObject({
      data: [all.data[1]],
      total: all.total,
    });
    expect((await permissions.asAdministrator('GET', `/api/sandboxes?groupId=${groupId}`)).body).toMatchObject({
      data: [{ id: sandboxId }],
      total: 1,
    });
    expect((await permissions.asAdministrator('GET', '/api/sandboxes?tableId=2')).body).toMatchObject({
      data: [],
      total: 0,
    });
  });
});

describe('A-68: a warning', () => {
  /** A sandboxed group of three, two of whom are in a group that is unrestricted; one more of each is deactivated. */
  const aVoidSandbox = async () => {
    const [first, second, third] = (await people(3)) as [string, string, string];
    const [deactivated] = (await people(1, 'deactivated')) as [string];
    const open = await aGroup(permissions, {
      name: `Staff ${randomUUID()}`,
      access: 'unrestricted',
      members: [first, second, deactivated],
    });
    const sandboxed = await aGroup(permissions, { members: [first, second, third, deactivated] });
    const { name } = (await permissions.asAdministrator('GET', '/api/groups?limit=2000')).body.data.find(
      ({ id }: { id: number }) => id === open.id,
    );
    return { open: { id: open.id, name }, groupId: sandboxed.id, affected: [first, second].sort() };
  };

  test('is in every answer that shows or saves a sandbox or an entry: it names the group, how many members and who', async () => {
    const { open, groupId, affected } = await aVoidSandbox();

    const created = await create(groupId, ownInvoices);
    const warning = { sandboxId: created.body.id, tableId: 1, becauseOfGroup: open, members: 2, accountIds: affected };

    expect(created.body.warnings).toEqual([warning]);
    expect(
      (await permissions.asAdministrator('PATCH', `/api/sandboxes/${created.body.id}`, { rule: { not: ownInvoices } }))
        .body.warnings,
    ).toEqual([warning]);
    expect((await permissions.asAdministrator('GET', `/api/sandboxes?groupId=${groupId}`)).body.warnings).toEqual([
      warning,
    ]);
    expect(
      (await permissions.asAdministrator('GET', `/api/data-permissions?groupId=${groupId}`)).body.warnings,
    ).toEqual([warning]);
    expect(
      (await permissions.asAdministrator('GET', `/api/data-permissions?groupId=${open.id}`)).body.warnings,
    ).toEqual([warning]);
    expect((await permissions.asAdministrator('GET', '/api/data-permissions')).body.warnings).toEqual([warning]);
    const entries = [{ groupId: open.id, databaseId: 1, schema: 'people', access: 'none' }];
    expect((await permissions.asAdministrator('PUT', '/api/data-permissions', { entries })).body.warnings).toEqual([
      warning,
    ]);
    await permissions.asAdministrator('DELETE', `/api/groups/${open.id}`);
    expect((await permissions.asAdministrator('GET', '/api/data-permissions')).body.warnings).toEqual([]);
  });

  test.each<[string, (openId: number) => unknown[], number]>([
    [
      'the schema',
      (groupId) => [
        { groupId, databaseId: 1, tableId: 1, access: 'none' },
        { groupId, databaseId: 1, schema: 'public', access: 'unrestricted' },
      ],
      0,
    ],
    [
      'the database',
      (groupId) => [
        { groupId, databaseId: 1, access: 'none' },
        { groupId, databaseId: 1, access: 'unrestricted', schema: 'public' },
      ],
      2,
    ],
    [
      'another schema',
      (groupId) => [
        { groupId, databaseId: 1, access: 'none' },
        { groupId, databaseId: 1, access: 'unrestricted', schema: 'people' },
      ],
      0,
    ],
  ])('follows the most specific entry of the other group: %s', async (_what, entriesOf, members) => {
    const { open, groupId } = await aVoidSandbox();
    await create(groupId, ownInvoices);

    const { body } = await permissions.asAdministrator('PUT', '/api/data-permissions', { entries: entriesOf(open.id) });

    expect(body.warnings.map((warning: { members: number }) => warning.members)).toEqual(
      members === 0 ? [] : [members],
    );
    await permissions.asAdministrator('DELETE', `/api/groups/${open.id}`);
  });

  test('tells of All Users, of Administrators, and of the first hundred of many', async () => {
    const many = (await people(130)).sort();
    const { id: groupId, sandboxId } = await aGroup(permissions, { rule: ownInvoices });
    await permissions.service.database.$executeRaw`
      insert into membership (group_id, account_id, source) select ${groupId}::integer, id, 'manual' from unnest(${many}::uuid[]) as id`;
    await permissions.asAdministrator('PUT', `/api/groups/2/members/${many[7]}`);

    const { body } = await permissions.asAdministrator('PUT', '/api/data-permissions', {
      entries: [{ groupId: 1, databaseId: 1, access: 'unrestricted' }],
    });
    await permissions.asAdministrator('PUT', '/api/data-permissions', {
      entries: [{ groupId: 1, databaseId: 1, access: 'none' }],
    });
    const { body: later } = await permissions.asAdministrator('GET', `/api/sandboxes?groupId=${groupId}`);

    const byAllUsers = {
      sandboxId,
      tableId: 1,
      becauseOfGroup: { id: 1, name: 'All Users' },
      members: 130,
      accountIds: many.slice(0, 100),
    };
    const byAdministrators = {
      sandboxId,
      tableId: 1,
      becauseOfGroup: { id: 2, name: 'Administrators' },
      members: 1,
      accountIds: [many[7]],
    };
    expect(body.warnings).toContainEqual(byAllUsers);
    expect(later.warnings).toEqual([byAdministrators]);
  });

  test('tells the same of hundreds of sandboxes that All Users opens as of one', async () => {
    const [accountId] = (await people(1)) as [string];
    const [deactivated] = (await people(1, 'deactivated')) as [string];
    const made = await permissions.service.database.$queryRaw<{ sandboxId: number; groupId: number }[]>`
      with made as (
        insert into "group" (name) select 'Hundreds ' || n from generate_series(1, 300) n returning id
      ), joined as (
        insert into membership (group_id, account_id, source)
        select id, account_id, 'manual' from made cross join unnest(${[accountId, deactivated]}::uuid[]) as account_id
      )
      insert into data_permission (group_id, database_id, schema_name, table_id, access, rule)
      select id, 1, 'public', 1, 'sandboxed', ${JSON.stringify(ownInvoices)}::jsonb from made
      returning id as "sandboxId", group_id as "groupId"`;
    const entry = { groupId: 1, databaseId: 1 };

    const { body } = await permissions.asAdministrator('PUT', '/api/data-permissions', {
      entries: [{ ...entry, access: 'unrestricted' }],
    });
    const ofOne = await permissions.asAdministrator('GET', `/api/sandboxes?groupId=${made[0]?.groupId}`);
    await permissions.asAdministrator('PUT', '/api/data-permissions', { entries: [{ ...entry, access: 'none' }] });

    const warnings = made.map(({ sandboxId }) => ({
      sandboxId,
      tableId: 1,
      becauseOfGroup: { id: 1, name: 'All Users' },
      members: 1,
      accountIds: [accountId],
    }));
    expect(body.warnings).toEqual(expect.arrayContaining(warnings));
    expect(ofOne.body.warnings).toEqual([warnings[0]]);
  });

  test('is also about a sandbox of All Users', async () => {
    const [accountId] = (await people(1)) as [string];
    const open = await aGroup(permissions, { access: 'unrestricted', members: [accountId] });

    const { body } = await create(1, ownInvoices);

    expect(body.warnings).toContainEqual({
      sandboxId: body.id,
      tableId: 1,
      becauseOfGroup: { id: open.id, name: expect.any(String) },
      members: 1,
      accountIds: [accountId],
    });
    expect(
      body.warnings.map(({ becauseOfGroup }: { becauseOfGroup: { name: string } }) => becauseOfGroup.name),
    ).toContain('Administrators');
    await permissions.asAdministrator('DELETE', `/api/sandboxes/${body.id}`);
  });
});
