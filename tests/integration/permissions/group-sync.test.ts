import { afterAll, beforeAll, beforeEach, describe, expect, test } from '@jest/globals';
import { describeMemberships, forgetGroupSync, type GroupSync } from '@sandgate/contracts';
import {
  aGroup,
  anAccount,
  claims,
  type Instance,
  type RunningPermissions,
  startPermissions,
} from './running-permissions.js';

let permissions: RunningPermissions;
let twin: Instance;
let acme: number;
let globex: number;
const administratorsId = 2;

beforeAll(async () => {
  permissions = await startPermissions();
  twin = await permissions.anotherInstance();
  acme = (await aGroup(permissions, { name: 'Customer Acme' })).id;
  globex = (await aGroup(permissions, { name: 'Customer Globex' })).id;
});

afterAll(() => permissions.stop());

const put = (settings: Readonly<Record<string, unknown>>) =>
  permissions.asAdministrator('PUT', '/api/group-sync/jwt', settings);
const mapped = (): Record<string, number[]> => ({
  'Customer-Acme': [acme],
  'Customer-Globex': [globex],
  Both: [acme, globex],
});

beforeEach(async () => {
  await put({
    enabled: true,
    mode: 'mapped',
    mappings: mapped(),
    whenAbsent: 'keep',
    whenNull: 'keep',
    allowAdministrators: false,
  });
});

/** Names of the groups beside All Users. */
const groupsOf = async (accountId: string, instance: Instance = permissions): Promise<string[]> => {
  const { groups } = await instance.ask(describeMemberships, { accountId, claimsVersion: 1 });
  return groups.filter(({ id }) => id !== 1).map(({ name }) => name);
};

const claiming = async (names: string[], presence: 'listed' | 'null' | 'absent' = 'listed'): Promise<string> => {
  const account = anAccount({ groups: claims(names, presence) });
  await permissions.apply(account);
  return account.accountId;
};

describe('claimed groups in mapped mode', () => {
  test.each<[string, string[], string[]]>([
    ['one name', ['Customer-Acme'], ['Customer Acme']],
    ['several names', ['Customer-Globex', 'Customer-Acme'], ['Customer Acme', 'Customer Globex']],
    ['a name that is mapped to several groups', ['Both'], ['Customer Acme', 'Customer Globex']],
    ['names that lead to the same group', ['Both', 'Customer-Acme'], ['Customer Acme', 'Customer Globex']],
    ['a name twice', ['Customer-Acme', 'Customer-Acme'], ['Customer Acme']],
    ['a name that nobody has mapped beside one that is', ['Somebody', 'Customer-Acme'], ['Customer Acme']],
    ['an empty list', [], []],
  ])('%s leads to its groups', async (_what, names, expected) => {
    expect(await groupsOf(await claiming(names))).toEqual(expected);
  });

  test.each([
    ['customer-acme'],
    ['Customer-Acme '],
    [' Customer-Acme'],
    ['CUSTOMER-ACME'],
    ['Customer Acme'],
    ['Administrators'],
    ['administrators'],
    ['All Users'],
    ['1'],
    ['2'],
    ['constructor'],
    ['__proto__'],
    ['toString'],
    ["' or true --"],
    ['%'],
    ['Customer_Acme'],
  ])('A-37: %j is no mapped name and leads nowhere', async (name) => {
    const accountId = await claiming([name]);

    expect(await groupsOf(accountId)).toEqual([]);
    expect((await permissions.ask(describeMemberships, { accountId, claimsVersion: 1 })).administrator).toBe(false);
  });

  test('A-37: a mapping may be named like a member of every object', async () => {
    const { body } = await put({ mappings: { constructor: [acme], toString: [globex] } });

    expect(Object.entries(body.mappings)).toEqual([
      ['constructor', [acme]],
      ['toString', [globex]],
    ]);
    expect(await groupsOf(await claiming(['constructor']))).toEqual(['Customer Acme']);
  });

  test('a changed mapping is in force at once, for everybody and on every instance, without a sign-in', async () => {
    const accountIds = [await claiming(['Customer-Acme']), await claiming(['Customer-Acme'])];
    await Promise.all(accountIds.map((accountId) => groupsOf(accountId, twin)));

    await put({ mappings: { 'Customer-Acme': [globex] } });

    for (const accountId of accountIds) {
      expect(await groupsOf(accountId)).toEqual(['Customer Globex']);
      expect(await groupsOf(accountId, twin)).toEqual(['Customer Globex']);
    }
  });

  test('nothing is claimed while it is disabled, and memberships by hand stay', async () => {
    const accountId = await claiming(['Customer-Acme']);
    await permissions.asAdministrator('PUT', `/api/groups/${globex}/members/${accountId}`);

    await put({ enabled: false });

    expect(await groupsOf(accountId)).toEqual(['Customer Globex']);
  });

  test('a claim never takes away what was given by hand', async () => {
    const account = anAccount({ groups: claims(['Customer-Acme']) });
    await permissions.apply(account);
    await permissions.asAdministrator('PUT', `/api/groups/${acme}/members/${account.accountId}`);
    await permissions.apply({ ...account, revision: 2, groups: claims([]) as typeof account.groups });

    expect(await groupsOf(account.accountId)).toEqual(['Customer Acme']);
  });
});

describe('A-38: absent, null and an empty list', () => {
  test.each<[string, 'listed' | 'null' | 'absent', Partial<GroupSync>, string[]]>([
    ['an absent claim keeps', 'absent', {}, ['Customer Acme']],
    ['a null claim keeps', 'null', {}, ['Customer Acme']],
    ['an absent claim removes, when told to', 'absent', { whenAbsent: 'remove' }, []],
    ['a null claim removes, when told to', 'null', { whenNull: 'remove' }, []],
    ['what is told of null is not told of absent', 'absent', { whenNull: 'remove' }, ['Customer Acme']],
    ['what is told of absent is not told of null', 'null', { whenAbsent: 'remove' }, ['Customer Acme']],
    ['a list counts whatever is told', 'listed', { whenAbsent: 'remove', whenNull: 'remove' }, ['Customer Acme']],
  ])('%s', async (_what, presence, settings, expected) => {
    const accountId = await claiming(['Customer-Acme'], presence);
    await put(settings);

    expect(await groupsOf(accountId)).toEqual(expected);
  });

  test('follow each other: the last list comes back with keep, and an empty list is one', async () => {
    const account = anAccount({ groups: claims(['Customer-Acme']) });
    const said = async (revision: number, names: string[], presence: 'listed' | 'null' | 'absent') => {
      await permissions.apply({ ...account, revision, groups: claims(names, presence) as typeof account.groups });
      return groupsOf(account.accountId);
    };

    expect(await said(1, ['Customer-Acme'], 'listed')).toEqual(['Customer Acme']);
    expect(await said(2, ['Customer-Acme'], 'absent')).toEqual(['Customer Acme']);
    expect(await said(3, ['Customer-Acme'], 'null')).toEqual(['Customer Acme']);
    expect(await said(4, [], 'listed')).toEqual([]);
    expect(await said(5, [], 'absent')).toEqual([]);
  });
});

describe('claimed groups by name', () => {
  test.each<[string, string[], string[]]>([
    ['the name of a group', ['Customer Acme'], ['Customer Acme']],
    ['another case', ['customer acme'], []],
    ['a space too many', ['Customer Acme '], []],
    ['a mapped name, for the mapping does not count', ['Customer-Acme'], []],
    ['a name without a group', ['Customer Initech'], []],
    ['A-37: Administrators', ['Administrators', 'Customer Globex'], ['Customer Globex']],
    ['A-37: All Users', ['All Users'], []],
  ])('%s', async (_what, names, expected) => {
    await put({ mode: 'by-name', allowAdministrators: true });

    expect(await groupsOf(await claiming(names))).toEqual(expected);
  });

  test('count for a group from when it has that name', async () => {
    await put({ mode: 'by-name' });
    const accountId = await claiming(['Customer Umbrella']);

    const { id } = await aGroup(permissions, { name: 'Customer Umbrella' });
    const [group] = (await permissions.asAdministrator('GET', '/api/groups?limit=2000')).body.data.filter(
      (one: { id: number }) => one.id === id,
    );
    const after = await groupsOf(accountId);
    await permissions.asAdministrator('PATCH', `/api/groups/${id}`, { name: 'Customer Corp' });

    expect([group.members, after, await groupsOf(accountId)]).toEqual([1, ['Customer Umbrella'], []]);
  });
});

describe('A-37: Administrators by a mapping', () => {
  test('needs allowAdministrators, and is gone without it', async () => {
    const refused = await put({ mappings: { Boss: [administratorsId] } });
    const allowed = await put({ mappings: { Boss: [administratorsId] }, allowAdministrators: true });
    const accountId = await claiming(['Boss']);
    const isAdministrator = async () =>
      (await permissions.ask(describeMemberships, { accountId, claimsVersion: 1 })).administrator;
    const before = await isAdministrator();
    const kept = await put({ allowAdministrators: false });
    await permissions.service.database.$executeRaw`update group_sync set allow_administrators = false`;
    await permissions.service.database.$executeRaw`update policy set revision = revision + 1`;

    expect(refused).toMatchObject({
      status: 400,
      body: {
        code: 'permissions.settings_invalid',
        details: { faults: ['mappings.Boss: group 2 is Administrators, which needs allowAdministrators'] },
      },
    });
    expect([allowed.status, before]).toEqual([200, true]);
    expect(kept.status).toBe(400);
    // Also where the settings came about in another way.
    expect(await isAdministrator()).toBe(false);
  });
});

describe('the settings of another provider', () => {
  test('are its own, off from the start, and make memberships of what it claims alone', async () => {
    const before = (await permissions.asAdministrator('GET', '/api/group-sync/second')).body;
    const account = anAccount({
      groups: [
        { provider: 'jwt', presence: 'listed', names: ['Customer-Acme'] },
        { provider: 'second', presence: 'listed', names: ['Customer-Globex', 'Team'] },
      ],
    });
    await permissions.apply(account);

    expect(before).toMatchObject({ enabled: false, mappings: {} });
    expect(await groupsOf(account.accountId)).toEqual(['Customer Acme']);
    const changed = await permissions.asAdministrator('PUT', '/api/group-sync/second', {
      enabled: true,
      mappings: { Team: [globex] },
    });
    expect(changed.body).toEqual({ ...before, enabled: true, mappings: { Team: [globex] } });
    for (const instance of [permissions, twin])
      expect(await groupsOf(account.accountId, instance)).toEqual(['Customer Acme', 'Customer Globex']);
    expect((await permissions.asAdministrator('GET', '/api/group-sync/jwt')).body.mappings).toEqual(mapped());
    expect((await permissions.asAdministrator('GET', '/api/group-sync/No')).body.code).toBe('request.invalid');
  });
});

describe('the settings', () => {
  test('are off from the start', async () => {
    const own = await startPermissions();

    const { body } = await own.asAdministrator('GET', '/api/group-sync/jwt');

    expect(body).toEqual({
      enabled: false,
      mode: 'mapped',
      mappings: {},
      whenAbsent: 'keep',
      whenNull: 'keep',
      allowAdministrators: false,
    });
    await own.stop();
  });

  test('of a deleted provider are forgotten, and its memberships end on every instance', async () => {
    const accountId = await claiming(['Customer-Acme']);
    expect(await groupsOf(accountId)).toEqual(['Customer Acme']);
    const forget = {
      provider: 'jwt',
      actorId: permissions.administratorId,
      traceparent: `00-${'a'.repeat(32)}-${'b'.repeat(16)}-01`,
    };

    await permissions.ask(forgetGroupSync, forget);
    await twin.ask(forgetGroupSync, forget);

    expect((await permissions.asAdministrator('GET', '/api/group-sync/jwt')).body).toMatchObject({
      enabled: false,
      mappings: {},
    });
    expect(await groupsOf(accountId)).toEqual([]);
    expect(await groupsOf(accountId, twin)).toEqual([]);
    await put({ enabled: true });
    expect(await groupsOf(accountId)).toEqual([]);
  });

  test('that are left out stay as they are', async () => {
    const before = (await permissions.asAdministrator('GET', '/api/group-sync/jwt')).body;

    const { body } = await put({ whenNull: 'remove' });

    expect(body).toEqual({ ...before, whenNull: 'remove' });
    expect((await permissions.asAdministrator('GET', '/api/group-sync/jwt')).body).toEqual(body);
  });

  test('are refused with all faults and without a change', async () => {
    const before = (await permissions.asAdministrator('GET', '/api/group-sync/jwt')).body;

    const { status, body } = await put({
      enabled: false,
      mappings: { Acme: [acme, 2_000_000], Everybody: [1], Boss: [2], Globex: [2_000_001] },
    });

    expect(status).toBe(400);
    expect(body).toMatchObject({
      code: 'permissions.settings_invalid',
      details: {
        faults: [
          'mappings.Acme: there is no group 2000000',
          'mappings.Everybody: group 1 is All Users, of which everybody is a member',
          'mappings.Boss: group 2 is Administrators, which needs allowAdministrators',
          'mappings.Globex: there is no group 2000001',
        ],
      },
    });
    expect((await permissions.asAdministrator('GET', '/api/group-sync/jwt')).body).toEqual(before);
  });

  test.each([
    [{ mode: 'additive' }],
    [{ enabled: 'yes' }],
    [{ mappings: { '': [] } }],
    [{ mappings: { Acme: ['1'] } }],
    [{ unheardOf: true }],
    [{ mappings: { 'a\u0000': [] } }],
  ])('are refused when they are none: %j', async (settings) => {
    expect(await put(settings)).toMatchObject({ status: 400, body: { code: 'request.invalid' } });
  });
});
