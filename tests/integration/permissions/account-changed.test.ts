import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { AccountChanged, describeMemberships } from '@sandgate/contracts';
import fc from 'fast-check';
import { eventually } from '../../support/eventually.js';
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
let groupIds: number[];

const names = ['One', 'Two', 'Three', 'Four'];

beforeAll(async () => {
  permissions = await startPermissions();
  twin = await permissions.anotherInstance();
  groupIds = [];
  for (const name of names) groupIds.push((await aGroup(permissions, { name, rule: ownInvoices })).id);
  await permissions.asAdministrator('PUT', '/api/group-sync/jwt', { enabled: true, mode: 'by-name' });
});

afterAll(() => permissions.stop());

/** What is stored of an account, in the words of the event. */
const stored = async (accountId: string) => {
  const [row] = await permissions.service.database.$queryRaw<
    { revision: number; status: string; attributes: unknown; claimed: unknown }[]
  >`
    select revision, status, attributes, coalesce((
      select jsonb_agg(jsonb_build_array(provider, name, presence) order by provider, name) from claimed_group where account_id = account.id), '[]') as claimed
    from account where id = ${accountId}::uuid`;
  return row;
};

const expected = ({ revision, status, attributes, groups }: Account) => ({
  revision,
  status,
  attributes,
  claimed: groups
    .flatMap(({ provider, presence, names: claimed }) =>
      [...new Set(claimed)].map((name) => [provider, name, presence]),
    )
    .sort(),
});

/** A history of an account in which attributes and groups always change together. */
const aHistory = (accountId: string, length: number): Account[] =>
  Array.from({ length }, (_, index) => {
    const revision = index + 1;
    const claimed = names.filter((_name, bit) => (revision * 7) & (1 << bit));
    return anAccount({
      accountId,
      revision,
      claimsVersion: revision,
      attributes: { account_id: revision },
      groups: [
        ...claims(claimed, revision % 3 === 0 ? 'absent' : 'listed'),
        { provider: 'other', presence: 'listed', names: [`only at ${revision}`] },
      ] as Account['groups'],
    });
  });

describe('the state of an account', () => {
  test('A-75: ends the same after any order of delivery, with duplicates and in any batches', async () => {
    const length = 6;
    await fc.assert(
      fc.asyncProperty(
        fc
          .shuffledSubarray([...Array(length).keys(), ...Array(length).keys()], { minLength: length })
          .filter((order) => order.includes(length - 1)),
        fc.infiniteStream(fc.integer({ min: 1, max: 4 })),
        async (order, sizes) => {
          const history = aHistory(randomUUID(), length);
          const events = order.map((index) => history[index] as Account);
          while (events.length > 0) {
            const batch = events.splice(0, sizes.next().value ?? 1);
            // The frame hands over the newest of each account.
            await permissions.apply(
              batch.reduce((newest, event) => (event.revision > newest.revision ? event : newest)),
            );
          }

          const last = history.at(-1) as Account;
          expect(await stored(last.accountId)).toEqual(expected(last));
        },
      ),
      { numRuns: 40 },
    );
  });

  test('is that of one sign-in, never of two, also where two instances apply a history at the same time', async () => {
    /** Answers how often an account was looked at meanwhile. */
    const applyTogether = async (): Promise<number> => {
      const accountIds = Array.from({ length: 20 }, () => randomUUID());
      const histories = accountIds.map((accountId) => aHistory(accountId, 12));
      const inTurn = (revisions: number[], instance: Instance) =>
        revisions.reduce(
          (before, index) =>
            before.then(() => instance.apply(...histories.map((history) => history[index] as Account).reverse())),
          Promise.resolve(),
        );
      let isOver = false;
      const watch = async (): Promise<number> => {
        let looks = 0;
        while (!isOver) {
          for (const [position, accountId] of accountIds.entries()) {
            const seen = await stored(accountId);
            if (seen) expect(seen).toEqual(expected(histories[position]?.[seen.revision - 1] as Account));
            looks += 1;
          }
        }
        return looks;
      };

      const watching = watch();
      await Promise.all([
        inTurn([1, 3, 5, 7, 9, 11], permissions),
        inTurn([0, 2, 4, 6, 8, 10], twin),
        inTurn([2, 3, 6, 7, 10, 11], twin),
      ]);
      isOver = true;
      for (const [position, accountId] of accountIds.entries())
        expect(await stored(accountId)).toEqual(expected(histories[position]?.at(-1) as Account));
      return watching;
    };

    for (let looks = 0; looks < 100; ) looks += await applyTogether();
  });

  test('A-25: an older event never gives back a right: neither a group nor an attribute nor a status', async () => {
    const account = anAccount({ attributes: { account_id: 28 }, groups: claims(['One']) as never });
    const { accountId } = account;
    await permissions.apply({
      ...account,
      revision: 5,
      attributes: {},
      groups: claims([]) as never,
      status: 'deactivated',
    });

    await permissions.apply({ ...account, revision: 4 });
    await permissions.apply({ ...account, revision: 5 });

    expect(await stored(accountId)).toMatchObject({ revision: 5, status: 'deactivated', attributes: {}, claimed: [] });
    expect(await permissions.decide(accountId)).toMatchObject({ access: 'denied' });
  });

  test('of many accounts is applied together, and a batch without anything new is no work', async () => {
    const batch = Array.from({ length: 256 }, () => anAccount({ groups: claims(['One', 'Two']) as never }));
    await permissions.apply(...batch);
    const [first] = batch as [Account];

    await permissions.apply(...batch);

    const [counted] = await permissions.service.database.$queryRaw<{ count: number }[]>`
      select count(*)::integer as count from claimed_group where account_id = any(${batch.map(({ accountId }) => accountId)}::uuid[])`;
    expect(counted?.count).toBe(512);
    expect(
      (await permissions.ask(describeMemberships, { accountId: first.accountId, claimsVersion: 1 })).groups.map(
        ({ name }) => name,
      ),
    ).toEqual(['All Users', 'One', 'Two']);
  });

  test('A-38: keeps what a provider repeats once, and takes the names of naughty groups as they are', async () => {
    const naughty = ["'; drop table account --", '\\', '%', '\u{1F41F}', '"', '{}', ' '];
    const account = anAccount({ groups: [...claims(['One', 'One', ...naughty]), ...claims(['One'])] as never });

    await permissions.apply(account);

    const { claimed } = (await stored(account.accountId)) as { claimed: string[][] };
    expect(claimed.map(([, name]) => name).sort()).toEqual(['One', ...naughty].sort());
  });

  test('arrives by messages, and the decision follows', async () => {
    const account = anAccount({ attributes: { account_id: 28 }, groups: claims(['Three']) as never });

    await permissions.deliver(
      account,
      { ...account, revision: 3, claimsVersion: 3, attributes: { account_id: { value: 41, source: 'admin' } } },
      { ...account, revision: 2, claimsVersion: 2 },
    );

    await eventually(async () => expect(await stored(account.accountId)).toMatchObject({ revision: 3 }));
    expect(await permissions.decide(account.accountId, 1, 3)).toMatchObject({
      access: 'sandboxed',
      filter: { value: '41' },
    });
  });

  test('that cannot be stored takes no other with it', async () => {
    const good = anAccount();
    const bad = { ...anAccount(), revision: 2 ** 40 };

    await expect(permissions.apply(good, AccountChanged.data.parse(bad))).rejects.toThrow();
    await permissions.deliver(bad, good);

    await eventually(async () => expect(await stored(good.accountId)).toMatchObject({ revision: 1 }));
    expect(await stored(bad.accountId)).toBeUndefined();
  });
});
