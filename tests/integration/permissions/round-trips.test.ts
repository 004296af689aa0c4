import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import type { CatalogueTable } from '@sandgate/contracts';
import type { Database } from '@sandgate/messaging';
import { createAppliedWait } from '../../../services/permissions/src/accounts/await-applied.js';
import { readVersions } from '../../../services/permissions/src/decisions/access-store.js';
import { createCurrentAccess } from '../../../services/permissions/src/decisions/current-access.js';
import { createDecisionMemory } from '../../../services/permissions/src/decisions/decision-memory.js';
import {
  aCatalogue,
  aGroup,
  anAccount,
  claims,
  invoices,
  ownInvoices,
  type RunningPermissions,
  startPermissions,
} from './running-permissions.js';

let permissions: RunningPermissions;
const people = Array.from({ length: 64 }, () =>
  anAccount({
    attributes: { account_id: 28 },
    groups: claims(Array.from({ length: 10 }, (_, index) => `Group ${index}`)) as never,
  }),
);
const tables = Array.from(
  { length: 100 },
  (_, index): CatalogueTable => ({ ...invoices, id: index + 1, name: `invoices_${index}`, foreignKeys: [] }),
);

beforeAll(async () => {
  permissions = await startPermissions();
  await permissions.applyCatalogue(aCatalogue(tables, 2));
  for (let index = 0; index < 10; index += 1) await aGroup(permissions, { name: `Group ${index}`, rule: ownInvoices });
  await permissions.asAdministrator('PUT', '/api/group-sync/jwt', { enabled: true, mode: 'by-name' });
  await permissions.apply(...people);
});

afterAll(() => permissions.stop());

/** An instance of its own with nothing in memory, and how many statements it has sent. */
function counted({ maxBytes = 1e8 } = {}) {
  const { database } = permissions.service;
  let statements = 0;
  const counting: Pick<Database, '$queryRaw'> = {
    $queryRaw: (query, ...values) => {
      statements += 1;
      return database.$queryRaw(query, ...values);
    },
  };
  const memory = createDecisionMemory({ maxBytes });
  const applied = createAppliedWait((ids) => readVersions(counting as Database, ids));
  const find = createCurrentAccess({ database: counting as Database, memory, applied });
  const during = async (work: () => Promise<unknown>): Promise<number> => {
    const before = statements;
    await work();
    return statements - before;
  };
  return { find, during, memory };
}

const [somebody] = people as [(typeof people)[number]];
const wish = { accountId: somebody.accountId, claimsVersion: 1 };

describe('decisions of 100 tables and 10 groups', () => {
  test('take one statement at first sight, and one afterwards', async () => {
    const { find, during } = counted();

    expect(await during(() => find(wish))).toBe(1);
    expect(await during(() => find(wish))).toBe(1);
    expect(await during(() => find({ ...wish, tableIds: [1, 50, 100] }))).toBe(1);
    expect((await find(wish)).all).toHaveLength(100);
  });

  test('take one statement when a newer sign-in is known of, and one more when another instance has applied it', async () => {
    const { find, during, memory } = counted();
    await find(wish);
    await permissions.apply({ ...somebody, revision: 2, claimsVersion: 2 });
    memory.forget(somebody.accountId);

    expect(await during(() => find({ ...wish, claimsVersion: 2 }))).toBe(1);

    await permissions.apply({ ...somebody, revision: 3, claimsVersion: 3 });

    expect(await during(() => find({ ...wish, claimsVersion: 3 }))).toBe(2);
  });

  test('share statements when they are asked for at the same time', async () => {
    const { find, during } = counted();
    const all = () => Promise.all(people.map(({ accountId }) => find({ accountId, claimsVersion: 1, tableIds: [7] })));

    expect(await during(all)).toBeLessThanOrEqual(2);
    expect(await during(all)).toBeLessThanOrEqual(2);
  });

  test('are the same with a memory that holds next to nothing', async () => {
    const { find, during, memory } = counted({ maxBytes: 1 });

    expect(await during(() => find(wish))).toBe(1);
    expect(await during(() => find(wish))).toBe(1);
    expect(memory.bytes).toBe(0);
    expect((await find(wish)).all).toHaveLength(100);
  });
});
