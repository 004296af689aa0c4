import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { dumpOf } from '../../support/dump.js';
import {
  aGroup,
  anAccount,
  claims,
  ownInvoices,
  type RunningPermissions,
  startPermissions,
} from './running-permissions.js';

let permissions: RunningPermissions;
beforeAll(async () => {
  permissions = await startPermissions();
});
afterAll(() => permissions?.stop());

const member = async (parts: Parameters<typeof anAccount>[0] = {}): Promise<string> => {
  const account = anAccount(parts);
  await permissions.apply(account);
  return account.accountId;
};

/** Asks for a dry run and expects it to leave every row as it was. */
async function dryRun(method: string, path: string, body?: unknown) {
  const before = await dumpOf(permissions.databases.adminUrl);
  const answered = await permissions.asAdministrator(method, `${path}?dryRun=true`, body);
  expect(await dumpOf(permissions.databases.adminUrl)).toEqual(before);
  return answered;
}

/** Who sees what of the invoices, each decided on anew. */
const decisionsOf = (accountIds: readonly string[]) =>
  Promise.all(accountIds.map(async (accountId) => (await permissions.decide(accountId)).access));

describe('a dry run of a change', () => {
  test('of a sandbox says who would see something else, and that is what then happens', async () => {
    const sees = await member({ attributes: { account_id: 28 } });
    const lacks = await member();
    const group = await aGroup(permissions, { members: [sees, lacks] });
    const wanted = { groupId: group.id, tableId: 1, rule: ownInvoices };

    const preview = await dryRun('POST', '/api/sandboxes', wanted);
    expect(preview).toMatchObject({ status: 200, body: { dryRun: true, reached: 2, compared: 2, affected: 1 } });
    expect(preview.body.accounts).toEqual([
      {
        accountId: sees,
        groupsAdded: [],
        groupsRemoved: [],
        tablesAffected: 1,
        tables: [
          {
            tableId: 1,
            before: { access: 'denied', reason: 'permissions.table_denied' },
            after: { access: 'sandboxed' },
          },
        ],
      },
    ]);
    expect(await decisionsOf([sees, lacks])).toEqual(['denied', 'denied']);

    const { status, body } = await permissions.asAdministrator('POST', '/api/sandboxes', wanted);
    expect(status).toBe(201);
    expect(await decisionsOf([sees, lacks])).toEqual(['sandboxed', 'denied']);

    const other = { rule: { column: 'id', operator: '=', value: { attribute: 'account_id' } } };
    const changed = await dryRun('PATCH', `/api/sandboxes/${body.id}`, other);
    expect(changed.body.accounts).toMatchObject([
      { accountId: sees, tables: [{ before: { access: 'sandboxed' }, after: { access: 'sandboxed' } }] },
    ]);
    const deleted = await dryRun('DELETE', `/api/sandboxes/${body.id}`);
    expect(deleted.body.accounts).toMatchObject([{ accountId: sees, tables: [{ after: { access: 'denied' } }] }]);
  });

  test('of data permissions warns of the sandboxes that it would make void', async () => {
    const person = await member({ attributes: { account_id: 28 } });
    const boxed = await aGroup(permissions, { rule: ownInvoices, members: [person] });
    const opener = await aGroup(permissions, { members: [person] });
    const entries = [{ groupId: opener.id, databaseId: 1, access: 'unrestricted' }];

    const { status, body } = await dryRun('PUT', '/api/data-permissions', { entries });

    expect(status).toBe(200);
    expect(body.accounts).toMatchObject([{ accountId: person, tablesAffected: 3 }]);
    expect(body.warnings).toMatchObject([
      { sandboxId: boxed.sandboxId, becauseOfGroup: { id: opener.id }, members: 1, accountIds: [person] },
    ]);
  });

  test('of a membership compares that account alone', async () => {
    const person = await member();
    const group = await aGroup(permissions, { name: 'Auditors', access: 'unrestricted' });
    const path = `/api/groups/${group.id}/members/${person}`;

    const added = await dryRun('PUT', path);
    expect(added.body).toMatchObject({ reached: 1, compared: 1, affected: 1 });
    expect(added.body.accounts).toMatchObject([
      { accountId: person, groupsAdded: [{ id: group.id, name: 'Auditors' }], tablesAffected: 1 },
    ]);

    expect(await permissions.asAdministrator('PUT', path)).toMatchObject({ status: 204, body: undefined });
    const removed = await dryRun('DELETE', path);
    expect(removed.body.accounts).toMatchObject([{ accountId: person, groupsRemoved: [{ id: group.id }] }]);
    const deleted = await dryRun('DELETE', `/api/groups/${group.id}`);
    expect(deleted.body.accounts).toEqual(removed.body.accounts);
  });

  test('of group synchronisation reaches those whose claimed names lead elsewhere, and nobody else', async () => {
    const group = await aGroup(permissions, { access: 'unrestricted' });
    const names = { mapped: `mapped ${randomUUID()}`, other: `other ${randomUUID()}` };
    const [first] = [
      await member({ groups: claims([names.mapped]) }),
      await member({ groups: claims([names.other]) }),
      await member({ groups: claims([names.mapped]), status: 'deactivated' }),
    ];
    const change = { enabled: true, mappings: { [names.mapped]: [group.id] } };

    const { body } = await dryRun('PUT', '/api/group-sync/jwt', change);

    expect(body).toMatchObject({ reached: 1, compared: 1, affected: 1, warnings: [] });
    expect(body.accounts).toMatchObject([{ accountId: first, groupsAdded: [{ id: group.id }], tablesAffected: 1 }]);
  });

  test('of a new name reaches those who claim it, where names are synchronised by name, and of a rename the members too', async () => {
    const names = { earlier: `Earlier ${randomUUID()}`, later: `Later ${randomUUID()}` };
    const [claimsEarlier, claimsLater, byHand] = [
      await member({ groups: claims([names.earlier]) }),
      await member({ groups: claims([names.later]) }),
      await member(),
    ];
    await member({ groups: claims([names.later]), status: 'deactivated' });
    expect((await dryRun('POST', '/api/groups', { name: names.later })).body).toMatchObject({
      reached: 0,
      affected: 0,
    });
    await permissions.asAdministrator('PUT', '/api/group-sync/jwt', { enabled: true, mode: 'by-name' });

    const created = await dryRun('POST', '/api/groups', { name: names.earlier });
    expect(created).toMatchObject({ status: 200, body: { reached: 1, compared: 1, affected: 1 } });
    expect(created.body.accounts).toMatchObject([{ accountId: claimsEarlier, groupsAdded: [{ name: names.earlier }] }]);

    const group = await aGroup(permissions, { name: names.earlier, access: 'unrestricted', members: [byHand] });
    const renamed = await dryRun('PATCH', `/api/groups/${group.id}`, { name: names.later });
    expect(renamed).toMatchObject({ status: 200, body: { reached: 3, compared: 3, affected: 2 } });
    const named = { id: group.id };
    const byId = renamed.body.accounts.map((one: { accountId: string }) => [one.accountId, one]);
    expect(Object.fromEntries(byId)).toMatchObject({
      [claimsEarlier]: { groupsRemoved: [named], tablesAffected: 1, tables: [{ after: { access: 'denied' } }] },
      [claimsLater]: { groupsAdded: [named], tablesAffected: 1, tables: [{ after: { access: 'unrestricted' } }] },
    });
    expect(await dryRun('POST', '/api/groups', { name: names.earlier })).toMatchObject({
      status: 409,
      body: { code: 'permissions.group_name_taken' },
    });
    await permissions.asAdministrator('PUT', '/api/group-sync/jwt', { enabled: false, mode: 'mapped' });
  });

  test('is refused as the change would be, and a misspelt parameter makes no change', async () => {
    const unknown = { mappings: { anything: [999_999] } };
    expect(await dryRun('PUT', '/api/group-sync/jwt', unknown)).toMatchObject({
      status: 400,
      body: { code: 'permissions.settings_invalid' },
    });
    expect(await dryRun('DELETE', '/api/sandboxes/999999')).toMatchObject({ status: 404 });
    const last = `/api/groups/2/members/${permissions.administratorId}`;
    expect(await dryRun('DELETE', last)).toMatchObject({
      status: 409,
      body: { code: 'permissions.last_administrator' },
    });

    const before = await dumpOf(permissions.databases.adminUrl);
    for (const query of ['dryrun=true', 'dryRun=yes', 'dryRun=true&dryRun=true'])
      expect(await permissions.asAdministrator('PUT', `/api/group-sync/jwt?${query}`, { enabled: true })).toMatchObject(
        {
          status: 400,
        },
      );
    expect(await dumpOf(permissions.databases.adminUrl)).toEqual(before);
  });

  test('compares as many as it can, and says how many there are', async () => {
    const everybody = anAccount();
    await permissions.apply(...Array.from({ length: 600 }, () => anAccount()), everybody);
    const entries = [{ groupId: 1, databaseId: 1, tableId: 1, access: 'unrestricted' }];

    const { body } = await dryRun('PUT', '/api/data-permissions', { entries });

    expect(body.reached).toBeGreaterThan(600);
    expect(body.compared).toBe(500);
    expect(body.affected).toBeLessThanOrEqual(500);
    expect(body.accounts).toHaveLength(100);
  });
});
