import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { describeGroups, describeMemberships } from '@sandgate/contracts';
import {
  type Account,
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

/** The account of an API key that names these groups. */
const aKey = (groupIds: readonly (number | string)[], parts: Parameters<typeof anAccount>[0] = {}): Account =>
  anAccount({ groups: [{ provider: 'api-key', presence: 'listed', names: groupIds.map(String) }], ...parts });

const groupsOf = async ({ accountId, claimsVersion }: Account, instance: Instance = permissions) =>
  (await instance.ask(describeMemberships, { accountId, claimsVersion })).groups;

const customGroupsOf = async (account: Account, instance?: Instance) =>
  (await groupsOf(account, instance)).filter(({ id }) => id !== allUsersId);

describe('the account of an API key', () => {
  test('is in the groups that the key names by their ids, without any mapping, on every instance', async () => {
    const [one, two] = [await aGroup(permissions), await aGroup(permissions)];
    const key = aKey([one.id, two.id]);
    await permissions.apply(key);

    const expected = [one, two].map(({ id }) => ({ id, name: expect.any(String), sources: ['api-key'] }));
    for (const instance of [permissions, twin]) expect(await customGroupsOf(key, instance)).toEqual(expected);
    const { data } = (await permissions.asAdministrator('GET', '/api/groups?limit=2000')).body;
    expect(data.find(({ id }: { id: number }) => id === one.id).members).toBe(1);
  });

  test('changes its groups as a sign-in does, and never to older ones', async () => {
    const [one, two] = [await aGroup(permissions), await aGroup(permissions)];
    const key = aKey([one.id]);
    const next = aKey([two.id], { accountId: key.accountId, revision: 2 });
    await permissions.apply(key);
    await permissions.apply(next);
    await permissions.apply(key);

    expect((await customGroupsOf(next)).map(({ id }) => id)).toEqual([two.id]);
  });

  test('A-37: is never an administrator, whatever it names', async () => {
    const { id } = await aGroup(permissions);
    const key = aKey([
      administratorsId,
      allUsersId,
      'Administrators',
      `0${id}`,
      ` ${id}`,
      `${id}.0`,
      `+${id}`,
      '1e9',
      '9'.repeat(9),
      '9'.repeat(200),
    ]);
    await permissions.apply(key);

    expect(await permissions.ask(describeMemberships, { accountId: key.accountId, claimsVersion: 1 })).toEqual({
      administrator: false,
      groups: [{ id: allUsersId, name: 'All Users', sources: ['automatic'] }],
    });
  });

  test('A-37: is put into no group by hand, so that it is never the last administrator either', async () => {
    const group = await aGroup(permissions);
    const keys = [aKey([group.id]), aKey([])];
    await permissions.apply(...keys);
    for (const { accountId } of keys)
      for (const groupId of [administratorsId, group.id]) {
        const refused = await permissions.asAdministrator('PUT', `/api/groups/${groupId}/members/${accountId}`);
        expect(refused).toMatchObject({ status: 409, body: { code: 'permissions.membership_of_api_key' } });
      }
    const removed = await permissions.asAdministrator(
      'DELETE',
      `/api/groups/${group.id}/members/${keys[0]?.accountId}`,
    );
    expect(removed).toMatchObject({ status: 409, body: { code: 'permissions.membership_from_provider' } });
  });

  test('is sandboxed by its admin attributes like everybody', async () => {
    const group = await aGroup(permissions);
    await permissions.asAdministrator('POST', '/api/sandboxes', { groupId: group.id, tableId: 1, rule: ownInvoices });
    const missing = aKey([group.id]);
    const key = aKey([group.id], { attributes: { account_id: 28 } });
    await permissions.apply(missing, key);

    expect(await permissions.decide(missing.accountId)).toMatchObject({ access: 'denied' });
    expect(await permissions.decide(key.accountId)).toMatchObject({ access: 'sandboxed', filter: { value: '28' } });
  });

  test('is in no group that is deleted', async () => {
    const group = await aGroup(permissions);
    const key = aKey([group.id]);
    await permissions.apply(key);
    await permissions.asAdministrator('DELETE', `/api/groups/${group.id}`);

    expect(await customGroupsOf(key)).toEqual([]);
  });
});

test('A-37: a provider of sign-ins that claims the id of a group claims a name', async () => {
  const { id } = await aGroup(permissions);
  const account = anAccount({ groups: claims([String(id)]) });
  await permissions.apply(account);

  expect(await customGroupsOf(account)).toEqual([]);
});

test('groups are described to the other services as far as they exist', async () => {
  const { id } = await aGroup(permissions);
  const { groups } = await permissions.ask(describeGroups, { groupIds: [administratorsId, id, 999_999] });

  expect(groups.sort((a, b) => a.id - b.id)).toEqual([
    { id: administratorsId, name: 'Administrators', kind: 'administrators' },
    { id, name: expect.any(String), kind: 'custom' },
  ]);
});
