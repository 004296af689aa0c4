import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { loadAccess, type WantedAccess } from '../../../services/permissions/src/decisions/access-store.js';
import { decideTables } from '../../../services/permissions/src/decisions/decide-tables.js';
import {
  accounts,
  anAccount,
  invoices,
  ownInvoices,
  type RunningPermissions,
  startPermissions,
} from './running-permissions.js';

let permissions: RunningPermissions;
beforeAll(async () => {
  permissions = await startPermissions();
});
afterAll(() => permissions.stop());

test('accounts that are loaded together are each decided as if they were loaded alone, whatever tables each is asked about', async () => {
  const { service, asAdministrator, administratorId } = permissions;
  const sees = randomUUID();
  const lacks = randomUUID();
  await permissions.apply(anAccount({ accountId: sees, attributes: { account_id: 28 } }));
  await permissions.apply(anAccount({ accountId: lacks, attributes: {} }));
  const { body: groups } = await asAdministrator('GET', '/api/groups');
  const { id: groupId } = groups.data.find(({ kind }: { kind: string }) => kind === 'all-users');
  const sandbox = { groupId, tableId: invoices.id, rule: ownInvoices };
  expect((await asAdministrator('POST', '/api/sandboxes', sandbox)).status).toBeLessThan(300);
  const wanted: WantedAccess[] = [
    { accountId: administratorId, tableIds: [] },
    { accountId: sees, tableIds: [invoices.id] },
    { accountId: randomUUID() },
    { accountId: sees },
    { accountId: lacks, tableIds: [accounts.id, invoices.id] },
    { accountId: administratorId, tableIds: [999] },
    { accountId: lacks },
  ];
  const decided = async (together: readonly WantedAccess[]) =>
    (await loadAccess(service.database, together)).map(
      (loaded, index) => loaded && [loaded.facts.groups, decideTables(loaded.facts, together[index]?.tableIds)],
    );

  const together = await decided(wanted);

  const alone = await Promise.all(wanted.map((one) => decided([one])));
  expect(together).toEqual(alone.flat());
  expect(together[2]).toBeUndefined();
  expect(together[1]?.[1]).toEqual([
    expect.objectContaining({ decision: expect.objectContaining({ access: 'sandboxed' }) }),
  ]);
});
