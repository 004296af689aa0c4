import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { describeMemberships, Failure, reserveDeactivation } from '@sandgate/contracts';
import {
  aGroup,
  anAccount,
  claims,
  type Instance,
  ownInvoices,
  type RunningPermissions,
  startPermissions,
} from './running-permissions.js';

let permissions: RunningPermissions;
let twin: Instance;

const allUsersId = 1;
const administratorsId = 2;

beforeAll(async () => {
  permissions = await startPermissions();
  twin = await permissions.anotherInstance();
});

afterAll(() => permissions.stop());

const members = (groupId: number, accountId: string) => `/api/groups/${groupId}/members/${accountId}`;
const groupsOf = async (accountId: string, instance: Instance = permissions) =>
  (await instance.ask(describeMemberships, { accountId, claimsVersion: 1 })).groups;
const isAdministrator = async (accountId: string) =>
  (await permissions.ask(describeMemberships, { accountId, claimsVersion: 1 })).administrator;

const aPerson = async (): Promise<string> => {
  const account = anAccount();
  await permissions.apply(account);
  return account.accountId;
};

const anAdministrator = async (): Promise<string> => {
  const accountId = await aPerson();
  await permissions.asAdministrator('PUT', members(administratorsId, accountId));
  return accountId;
};

describe('groups', () => {
  test('All Users and Administrators exist from the start, with their members', async () => {
    const own = await startPermissions();
    await own.apply(anAccount(), anAccount({ status: 'deactivated' }));

    const { body } = await own.asAdministrator('GET', '/api/groups');

    expect(body).toEqual({
      data: [
        { id: 1, name: 'All Users', kind: 'all-users', members: 2 },
        { id: 2, name: 'Administrators', kind: 'administrators', members: 1 },
      ],
      total: 2,
    });
    await own.stop();
  });

  test('are created, renamed, listed page by page and deleted', async () => {
    const created = await permissions.asAdministrator('POST', '/api/groups', { name: ' Customer Acme ' });
    const { id } = created.body;
    const renamed = await permissions.asAdministrator('PATCH', `/api/groups/${id}`, { name: 'Customer Ácme' });
    const page = await permissions.asAdministrator('GET', `/api/groups?limit=1&offset=2`);
    const deleted = await permissions.asAdministrator('DELETE', `/api/groups/${id}`);
    const again = await permissions.asAdministrator('DELETE', `/api/groups/${id}`);

    expect(created).toMatchObject({ status: 201, body: { name: 'Customer Acme', kind: 'custom', members: 0 } });
    expect(renamed).toMatchObject({ status: 200, body: { id, name: 'Customer Ácme', kind: 'custom', members: 0 } });
    expect(page.body.data).toHaveLength(1);
    expect(deleted.status).toBe(204);
    expect(again).toMatchObject({ status: 404, body: { code: 'permissions.group_not_found' } });
  });

  test('have a name of their own, told apart exactly as it is written', async () => {
    const { id } = await aGroup(permissions, { name: 'Customer Globex' });
    const other = await aGroup(permissions, { name: 'customer globex' });
    const attempts = [
      await permissions.asAdministrator('POST', '/api/groups', { name: 'Customer Globex' }),
      await permissions.asAdministrator('POST', '/api/groups', { name: 'Administrators' }),
      await permissions.asAdministrator('PATCH', `/api/groups/${other.id}`, { name: 'Customer Globex' }),
    ];

    expect(attempts.map(({ status, body }) => [status, body.code])).toEqual(
      attempts.map(() => [409, 'permissions.group_name_taken']),
    );
    expect(await permissions.asAdministrator('PATCH', `/api/groups/${id}`, { name: 'Customer Globex' })).toMatchObject({
      status: 200,
    });
  });

  test.each([['\u0000'], ['\ud800'], [''], ['  '], ['x'.repeat(256)]])('may not be called %j', async (name) => {
    expect(await permissions.asAdministrator('POST', '/api/groups', { name })).toMatchObject({
      status: 400,
      body: { code: 'request.invalid' },
    });
  });

  test.each([allUsersId, administratorsId])('that are built in stay as they are: %i', async (id) => {
    const attempts = [
      await permissions.asAdministrator('PATCH', `/api/groups/${id}`, { name: 'Everybody' }),
      await permissions.asAdministrator('DELETE', `/api/groups/${id}`),
    ];

    expect(attempts.map(({ status, body }) => [status, body.code])).toEqual(
      attempts.map(() => [409, 'permissions.group_built_in']),
    );
  });

  test('take their memberships, mappings, permissions and sandboxes with them', async () => {
    const accountId = await aPerson();
    const { id } = await aGroup(permissions, { rule: ownInvoices, members: [accountId] });
    await permissions.asAdministrator('PUT', '/api/group-sync/jwt', { mappings: { 'Customer-Initech': [id] } });

    await permissions.asAdministrator('DELETE', `/api/groups/${id}`);

    expect(await groupsOf(accountId)).toEqual([{ id: allUsersId, name: 'All Users', sources: ['automatic'] }]);
    expect((await permissions.asAdministrator('GET', '/api/group-sync/jwt')).body.mappings).toEqual({});
    expect((await permissions.asAdministrator('GET', `/api/data-permissions?groupId=${id}`)).body.data).toEqual([]);
    expect((await permissions.asAdministrator('GET', `/api/sandboxes?groupId=${id}`)).body.data).toEqual([]);
  });

  test('A-71: are for administrators alone, like all of this API', async () => {
    const accountId = await aPerson();
    const { id } = await aGroup(permissions);
    const requests: [string, string, unknown?][] = [
      ['GET', '/api/groups'],
      ['POST', '/api/groups', { name: 'Mine' }],
      ['PATCH', `/api/groups/${id}`, { name: 'Mine' }],
      ['DELETE', `/api/groups/${id}`],
      ['PUT', members(administratorsId, accountId)],
      ['DELETE', members(id, accountId)],
      ['GET', '/api/group-sync/jwt'],
      ['PUT', '/api/group-sync/jwt', { allowAdministrators: true }],
      ['GET', '/api/data-permissions'],
      ['PUT', '/api/data-permissions', { entries: [{ groupId: id, databaseId: 1, access: 'unrestricted' }] }],
      ['GET', '/api/sandboxes'],
      ['POST', '/api/sandboxes', { groupId: id, tableId: 1, rule: ownInvoices }],
      ['PATCH', '/api/sandboxes/1', { rule: ownInvoices }],
      ['DELETE', '/api/sandboxes/1'],
      ['GET', `/api/decisions?accountId=${accountId}&tableId=1`],
    ];
    const endpoints = permissions.service.routes.length;
    const stateBefore = (await permissions.asAdministrator('GET', '/api/groups')).body;

    for (const [method, path, body] of requests) {
      const asNobody = await permissions.request(method, path, { body });
      const asPerson = await permissions.request(method, path, { as: accountId, body });
      expect([method, path, asNobody.status, asPerson.status, asPerson.body.code]).toEqual([
        method,
        path,
        401,
        403,
        'auth.administrator_required',
      ]);
    }
    expect(requests).toHaveLength(endpoints);
    expect((await permissions.asAdministrator('GET', '/api/groups')).body).toEqual(stateBefore);
  });
});

describe('memberships by hand', () => {
  test('are given and taken back; both are safe to repeat', async () => {
    const accountId = await aPerson();
    const { id } = await aGroup(permissions);
    const answers = [];
    for (const method of ['PUT', 'PUT'])
      answers.push(await permissions.asAdministrator(method, members(id, accountId)));
    const [, inGroup] = await groupsOf(accountId);
    const [group] = (await permissions.asAdministrator('GET', '/api/groups?limit=2000')).body.data.filter(
      (one: { id: number }) => one.id === id,
    );
    for (const method of ['DELETE', 'DELETE'])
      answers.push(await permissions.asAdministrator(method, members(id, accountId)));

    expect(answers.map(({ status }) => status)).toEqual([204, 204, 204, 204]);
    expect(inGroup).toEqual({ id, name: expect.any(String), sources: ['manual'] });
    expect(group.members).toBe(1);
    expect(await groupsOf(accountId)).toHaveLength(1);
  });

  test('need a group and an account that exist, and none is needed in All Users', async () => {
    const accountId = await aPerson();
    const { id } = await aGroup(permissions);

    for (const method of ['PUT', 'DELETE']) {
      const answers = [
        await permissions.asAdministrator(method, members(2_000_000, accountId)),
        await permissions.asAdministrator(method, members(id, randomUUID())),
        await permissions.asAdministrator(method, members(allUsersId, accountId)),
      ];
      expect(answers.map(({ status, body }) => [status, body.code])).toEqual([
        [404, 'permissions.group_not_found'],
        [404, 'permissions.account_not_found'],
        [409, 'permissions.membership_automatic'],
      ]);
    }
  });

  test('cannot be taken from a provider, nor taken back while a provider gives the same: the answer names where it comes from', async () => {
    const { id } = await aGroup(permissions);
    await permissions.asAdministrator('PUT', '/api/group-sync/jwt', { enabled: true, mappings: { Acme: [id] } });
    const account = anAccount({ groups: claims(['Acme']) });
    await permissions.apply(account);

    const claimed = await permissions.asAdministrator('DELETE', members(id, account.accountId));
    await permissions.asAdministrator('PUT', members(id, account.accountId));
    const both = await permissions.asAdministrator('DELETE', members(id, account.accountId));
    await permissions.asAdministrator('PUT', '/api/group-sync/jwt', { mappings: {} });
    const kept = await groupsOf(account.accountId);

    expect(claimed).toMatchObject({
      status: 409,
      body: { code: 'permissions.membership_from_provider', details: { sources: ['jwt'] } },
    });
    expect(both).toMatchObject({
      status: 409,
      body: { code: 'permissions.membership_from_provider', details: { sources: ['jwt', 'manual'] } },
    });
    expect(kept[1]).toMatchObject({ id, sources: ['manual'] });
  });
});

describe('A-39: the last administrator by hand', () => {
  const everyOther = async (): Promise<void> => {
    const rows = await permissions.service.database.$queryRaw<{ id: string }[]>`
      select account_id as id from membership where group_id = ${administratorsId}::integer and account_id <> ${permissions.administratorId}::uuid`;
    for (const { id } of rows) await permissions.asAdministrator('DELETE', members(administratorsId, id));
  };

  test('cannot be removed', async () => {
    await everyOther();

    expect(
      await permissions.asAdministrator('DELETE', members(administratorsId, permissions.administratorId)),
    ).toMatchObject({
      status: 409,
      body: { code: 'permissions.last_administrator' },
    });
    expect(await isAdministrator(permissions.administratorId)).toBe(true);
  });

  test('cannot be deactivated, nor when the others are deactivated already or on the way there', async () => {
    await everyOther();
    const [deactivated, reserved] = [await anAdministrator(), await anAdministrator()];
    await permissions.apply(anAccount({ accountId: deactivated, revision: 2, status: 'deactivated' }));
    await permissions.ask(reserveDeactivation, { accountId: reserved, released: false });

    const reserving = permissions.ask(reserveDeactivation, { accountId: permissions.administratorId, released: false });

    await expect(reserving).rejects.toEqual(new Failure('permissions.last_administrator'));
    expect(
      await permissions.asAdministrator('DELETE', members(administratorsId, permissions.administratorId)),
    ).toMatchObject({ status: 409 });
    expect([await isAdministrator(deactivated), await isAdministrator(reserved)]).toEqual([false, false]);
  });

  test('remains when the other is reserved twice, which is as once, and so is releasing', async () => {
    await everyOther();
    const accountId = await anAdministrator();
    const setReserved = (released: boolean) => permissions.ask(reserveDeactivation, { accountId, released });

    await setReserved(false);
    await setReserved(false);
    expect([await isAdministrator(accountId), await isAdministrator(permissions.administratorId)]).toEqual([
      false,
      true,
    ]);

    await setReserved(true);
    await setReserved(true);
    expect(await isAdministrator(accountId)).toBe(true);
  });

  test('is not counted by what a provider claims, which the next sign-in may take back', async () => {
    await everyOther();
    await permissions.asAdministrator('PUT', '/api/group-sync/jwt', {
      enabled: true,
      allowAdministrators: true,
      mappings: { Boss: [administratorsId] },
    });
    const boss = anAccount({ groups: claims(['Boss']) });
    await permissions.apply(boss);

    expect(await isAdministrator(boss.accountId)).toBe(true);
    expect(
      await permissions.asAdministrator('DELETE', members(administratorsId, permissions.administratorId)),
    ).toMatchObject({ status: 409 });
    await permissions.asAdministrator('PUT', '/api/group-sync/jwt', { allowAdministrators: false, mappings: {} });
  });

  test('may be removed while deactivated, for then somebody else is the last', async () => {
    await everyOther();
    const other = await anAdministrator();
    await permissions.apply(anAccount({ accountId: other, revision: 2, status: 'deactivated' }));

    expect(await permissions.asAdministrator('DELETE', members(administratorsId, other))).toMatchObject({
      status: 204,
    });
  });

  test('remains when two administrators are removed, or removed and deactivated, at the same time on two instances', async () => {
    for (let round = 0; round < 12; round += 1) {
      await everyOther();
      const pair = [await anAdministrator(), await anAdministrator()] as [string, string];
      // With a third one out of the way, these two are all.
      await permissions.ask(reserveDeactivation, { accountId: permissions.administratorId, released: false });
      const byAnother = (instance: Instance, accountId: string, as: string) =>
        instance.request('DELETE', members(administratorsId, accountId), { as });

      const outcomes =
        round % 2 === 0
          ? await Promise.all([byAnother(permissions, pair[0], pair[1]), byAnother(twin, pair[1], pair[0])]).then(
              (answers) => answers.map(({ status }) => status === 204),
            )
          : await Promise.all([
              byAnother(permissions, pair[0], pair[1]).then(({ status }) => status === 204),
              twin.ask(reserveDeactivation, { accountId: pair[1], released: false }).then(
                () => true,
                () => false,
              ),
            ]);

      const left = await Promise.all(pair.map(isAdministrator));
      expect({ round, outcomes: outcomes.filter(Boolean).length, left: left.filter(Boolean).length }).toEqual({
        round,
        outcomes: 1,
        left: 1,
      });
      await permissions.ask(reserveDeactivation, { accountId: permissions.administratorId, released: true });
    }
  });

  test('of the environment is made once: whoever was removed since stays removed', async () => {
    const first = anAccount({ firstAdministrator: true });
    await permissions.apply(first);
    const made = await isAdministrator(first.accountId);
    const removed = await permissions.asAdministrator('DELETE', members(administratorsId, first.accountId));
    await permissions.apply({ ...first, revision: 2 });

    expect([made, removed.status, await isAdministrator(first.accountId)]).toEqual([true, 204, false]);
  });

  test('of the environment may have had an account before', async () => {
    const account = anAccount();
    await permissions.apply(account);
    const before = await isAdministrator(account.accountId);
    await permissions.apply({ ...account, revision: 2, firstAdministrator: true });

    expect([before, await isAdministrator(account.accountId)]).toEqual([false, true]);
  });
});
