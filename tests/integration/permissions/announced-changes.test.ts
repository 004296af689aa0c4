import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { forgetGroupSync, PermissionsSettingsChanged, type SettingsChange } from '@sandgate/contracts';
import { aGroup, anAccount, ownInvoices, type RunningPermissions, startPermissions } from './running-permissions.js';

let permissions: RunningPermissions;

beforeAll(async () => {
  permissions = await startPermissions();
});

afterAll(() => permissions.stop());

const ask = (method: string, path: string, body?: unknown) => permissions.asAdministrator(method, path, body);

/** What is announced while something is done, whether it has left the outbox or not. */
async function announcedBy(work: () => Promise<unknown>): Promise<SettingsChange[]> {
  const all = async (): Promise<SettingsChange[]> => {
    const rows = await permissions.service.database.$queryRaw<{ data: unknown }[]>`
      select data from (
        select sequence, 0 as place, body::jsonb -> 'data' as data from messaging.deliveries where type = ${PermissionsSettingsChanged.type}
        union all select sequence, 1, data from outbox) as announced
      order by place, sequence`;
    return rows.map(({ data }) => PermissionsSettingsChanged.data.parse(data));
  };
  const earlier = (await all()).length;
  await work();
  return (await all()).slice(earlier);
}

const administrator = () => ({ actorId: permissions.administratorId, accountId: null });

describe('exactly one announcement, with actor, before and after, comes of', () => {
  test('a group that is made, renamed and deleted', async () => {
    let id = 0;
    const made = await announcedBy(async () => {
      id = (await ask('POST', '/api/groups', { name: 'Acme' })).body.id;
    });
    const renamed = await announcedBy(() => ask('PATCH', `/api/groups/${id}`, { name: 'Acme GmbH' }));
    await ask('PUT', '/api/data-permissions', {
      entries: [{ groupId: id, databaseId: 1, tableId: 1, access: 'unrestricted' }],
    });
    const deleted = await announcedBy(() => ask('DELETE', `/api/groups/${id}`));

    const about = { ...administrator(), what: 'group', id: String(id) };
    expect(made).toEqual([{ ...about, before: null, after: { name: 'Acme' } }]);
    expect(renamed).toEqual([{ ...about, before: { name: 'Acme' }, after: { name: 'Acme GmbH' } }]);
    const dataPermissions = { [`group ${id}, database 1, table 1`]: 'unrestricted' };
    const before = { name: 'Acme GmbH', manualMembers: 0, mappedNames: [], dataPermissions };
    expect(deleted).toEqual([{ ...about, before, after: null }]);
  });

  test('a membership that is given and taken', async () => {
    const { id } = await aGroup(permissions, { name: 'Globex' });
    const { accountId } = anAccount();
    await permissions.apply(anAccount({ accountId }));
    const path = `/api/groups/${id}/members/${accountId}`;

    const given = await announcedBy(() => ask('PUT', path));
    const again = await announcedBy(() => ask('PUT', path));
    const taken = await announcedBy(() => ask('DELETE', path));

    const about = { actorId: permissions.administratorId, accountId, what: 'membership', id: String(id) };
    const membership = { group: 'Globex', source: 'manual' };
    expect(given).toEqual([{ ...about, before: null, after: membership }]);
    expect(again).toEqual([]);
    expect(taken).toEqual([{ ...about, before: membership, after: null }]);
  });

  test('other settings of the group sync, of which only what differs is told', async () => {
    const { id } = await aGroup(permissions);

    const changes = await announcedBy(() =>
      ask('PUT', '/api/group-sync/jwt', { enabled: true, mappings: { Acme: [id] } }),
    );
    const same = await announcedBy(() => ask('PUT', '/api/group-sync/jwt', { enabled: true }));

    expect(changes).toEqual([
      {
        ...administrator(),
        what: 'group-sync',
        id: 'jwt',
        before: { enabled: false, mappings: {} },
        after: { enabled: true, mappings: { Acme: [id] } },
      },
    ]);
    expect(same).toEqual([]);
  });

  test('a group sync that goes with its provider', async () => {
    await ask('PUT', '/api/group-sync/gone', { enabled: true, whenNull: 'remove' });
    const by = { actorId: permissions.administratorId, traceparent: `00-${'a'.repeat(32)}-${'b'.repeat(16)}-01` };
    const forget = () => permissions.ask(forgetGroupSync, { provider: 'gone', ...by });

    expect(await announcedBy(forget)).toEqual([
      {
        ...administrator(),
        what: 'group-sync',
        id: 'gone',
        before: { enabled: true, whenNull: 'remove' },
        after: { enabled: false, whenNull: 'keep' },
      },
    ]);
    expect(await announcedBy(forget)).toEqual([]);
  });

  test('data permissions, with those that a wider one has removed', async () => {
    const { id: groupId } = await aGroup(permissions, { access: 'unrestricted' });

    const changes = await announcedBy(() =>
      ask('PUT', '/api/data-permissions', { entries: [{ groupId, databaseId: 1, access: 'none' }] }),
    );

    expect(changes).toEqual([
      {
        ...administrator(),
        what: 'data-permissions',
        id: '1',
        before: { [`group ${groupId}, database 1, table 1`]: 'unrestricted' },
        after: { [`group ${groupId}, database 1`]: 'none' },
      },
    ]);
  });

  test('a sandbox that is made, changed and deleted', async () => {
    const { id: groupId } = await aGroup(permissions);
    const other = { column: 'status', operator: '=', value: { constant: 'paid' } };
    let id = 0;

    const made = await announcedBy(async () => {
      id = (await ask('POST', '/api/sandboxes', { groupId, tableId: 1, rule: ownInvoices })).body.id;
    });
    const changed = await announcedBy(() => ask('PATCH', `/api/sandboxes/${id}`, { rule: other }));
    const deleted = await announcedBy(() => ask('DELETE', `/api/sandboxes/${id}`));

    const about = { ...administrator(), what: 'sandbox', id: String(id) };
    expect(made).toEqual([{ ...about, before: null, after: { groupId, tableId: 1, rule: ownInvoices } }]);
    expect(changed).toEqual([{ ...about, before: { rule: ownInvoices }, after: { rule: other } }]);
    expect(deleted).toEqual([{ ...about, before: { groupId, tableId: 1, rule: other }, after: null }]);
  });
});

test('a change that is refused announces nothing', async () => {
  await aGroup(permissions, { name: 'Taken' });

  expect(await announcedBy(() => ask('POST', '/api/groups', { name: 'Taken' }))).toEqual([]);
  expect(await announcedBy(() => ask('PUT', '/api/group-sync/jwt', { mappings: { Acme: [9999] } }))).toEqual([]);
});
