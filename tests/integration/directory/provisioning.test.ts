import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { createDirectory } from '@sandgate/directory';
import { correlationIdOf, type SqlClient } from '@sandgate/messaging';
import { createLogger, type Service } from '@sandgate/service-kit';
import fc from 'fast-check';
import { eventually } from '../../support/eventually.js';
import { freshDatabase, type MigratedDatabase } from '../../support/postgres.js';
import { announcedOf, someoneWaitsForALock, storedAccount } from './running-directory.js';
import { apply, applyPatiently, aSignIn, type SignIn } from './sign-ins.js';

const log = createLogger('directory', 'silent');
let databases: MigratedDatabase;
let directory: Service;
/** A second instance on the same database. */
let twin: Service;

beforeAll(async () => {
  databases = await freshDatabase();
  const ask = async (): Promise<never> => {
    throw new Error('provisioning asks nobody');
  };
  [directory, twin] = [0, 1].map(() =>
    createDirectory({ databaseUrl: databases.urls.directory, recordRetentionDays: 400, ask, log }),
  ) as [Service, Service];
});

afterAll(async () => {
  await Promise.all([directory.close(), twin.close()]);
  await databases.drop();
});

interface RecordRow {
  readonly event_id: string;
  readonly kind: string;
  readonly account_id: string;
  readonly before: { readonly attributes: Readonly<Record<string, number>> } | null;
  readonly after: { readonly attributes: Readonly<Record<string, number>> };
}

const stored = (accountId: string) => storedAccount(directory.database, accountId);
const announced = (accountId: string) => announcedOf(directory.database, accountId);

describe('a sign-in', () => {
  test('makes the account and announces all of it, once', async () => {
    const signIn = aSignIn({ email: 'rita@globex.example', lastName: null, firstAdministrator: true });
    const { accountId } = signIn.data;

    await apply(directory, [signIn]);

    expect(await stored(accountId)).toMatchObject({
      email: 'rita@globex.example',
      status: 'active',
      revision: 1,
      first_administrator: true,
    });
    expect(await announced(accountId)).toEqual([
      {
        accountId,
        revision: 1,
        claimsVersion: 1,
        status: 'active',
        email: 'rita@globex.example',
        firstName: 'Anna',
        lastName: null,
        attributes: { account_id: { value: 28, source: 'token' } },
        groups: signIn.data.groups,
        firstAdministrator: true,
      },
    ]);
  });

  test('with newer claims replaces what the providers said as a whole', async () => {
    const { data: first } = aSignIn({ attributes: { account_id: 28, region: 'eu' } });
    await apply(directory, [aSignIn(first)]);

    const groups = [{ provider: 'jwt', presence: 'absent' as const, names: [] }];
    await apply(directory, [
      aSignIn({ ...first, claimsVersion: 2, firstName: null, attributes: { seats: [1, 'two', true] }, groups }),
    ]);

    expect(await stored(first.accountId)).toMatchObject({
      revision: 2,
      claims_version: 2,
      first_name: null,
      token_attributes: { seats: [1, 'two', true] },
      claimed_groups: groups,
    });
    expect((await announced(first.accountId)).at(-1)).toMatchObject({
      revision: 2,
      attributes: { seats: { value: [1, 'two', true], source: 'token' } },
      groups,
    });
  });

  test('with a newer claims version is announced also when nothing else differs', async () => {
    const { data } = aSignIn();
    await apply(directory, [aSignIn(data)]);
    await apply(directory, [aSignIn({ ...data, claimsVersion: 2 })]);

    expect(
      (await announced(data.accountId)).map(({ revision, claimsVersion }) => ({ revision, claimsVersion })),
    ).toEqual([
      { revision: 1, claimsVersion: 1 },
      { revision: 2, claimsVersion: 2 },
    ]);
  });

  test.each([1, 4, 5])(
    'A-75: with claims version %i after version 5 changes nothing and announces nothing',
    async (claimsVersion) => {
      const { data } = aSignIn({ claimsVersion: 5 });
      await apply(directory, [aSignIn(data)]);
      const before = await stored(data.accountId);

      await apply(directory, [
        aSignIn({ ...data, claimsVersion, attributes: { account_id: 99 }, email: 'other@acme.example' }),
      ]);

      expect(await stored(data.accountId)).toEqual(before);
      expect(await announced(data.accountId)).toHaveLength(1);
    },
  );

  test('says when the person was last seen, whatever its claims; an earlier one that comes late does not', async () => {
    const { data } = aSignIn({ signedInBy: 'jwt' });
    const lastSeen = async () => (await stored(data.accountId))?.last_sign_in_at?.toISOString();
    await apply(directory, [aSignIn(data, '2026-11-02T08:00:00.000Z')]);
    await apply(directory, [aSignIn(data, '2026-11-02T09:00:00.000Z')]);
    expect(await lastSeen()).toBe('2026-11-02T09:00:00.000Z');

    await apply(directory, [aSignIn(data, '2026-11-02T08:30:00.000Z')]);
    await apply(directory, [aSignIn({ ...data, claimsVersion: 2 }, '2026-11-02T08:45:00.000Z')]);

    expect(await lastSeen()).toBe('2026-11-02T09:00:00.000Z');
    expect(await stored(data.accountId)).toMatchObject({ revision: 2 });
  });

  test('of nobody, as a resync announces it, leaves when the person was last seen', async () => {
    const { data } = aSignIn();
    const lastSeen = async () => (await stored(data.accountId))?.last_sign_in_at;
    await apply(directory, [aSignIn(data)]);
    expect(await lastSeen()).toBeNull();
    await apply(directory, [aSignIn({ ...data, signedInBy: 'jwt' }, '2026-11-02T08:00:00.000Z')]);

    await apply(directory, [aSignIn({ ...data, claimsVersion: 2 }, '2026-11-02T09:00:00.000Z'), aSignIn(data)]);

    expect((await lastSeen())?.toISOString()).toBe('2026-11-02T08:00:00.000Z');
  });

  test('never reactivates, and leaves what an administrator has set', async () => {
    const { data } = aSignIn();
    await apply(directory, [aSignIn(data)]);
    const admin = { account_id: { value: 41, pinned: true }, region: { value: 'eu', pinned: false } };
    await directory.database.$executeRaw`
      update account set status = 'deactivated', admin_attributes = ${JSON.stringify(admin)}::jsonb where id = ${data.accountId}::uuid`;

    await apply(directory, [aSignIn({ ...data, claimsVersion: 2, attributes: { account_id: 5, region: 'us' } })]);

    expect(await stored(data.accountId)).toMatchObject({ status: 'deactivated', admin_attributes: admin });
    expect((await announced(data.accountId)).at(-1)).toMatchObject({
      status: 'deactivated',
      attributes: { account_id: { value: 41, source: 'admin' }, region: { value: 'us', source: 'token' } },
    });
  });

  test('is announced in the trace that it began', async () => {
    const signIn = aSignIn();
    await apply(directory, [signIn]);

    const [{ traceparent } = { traceparent: '' }] = await directory.database.$queryRaw<{ traceparent: string }[]>`
      select traceparent from outbox where subject = ${signIn.data.accountId}`;
    expect(correlationIdOf(traceparent)).toBe(correlationIdOf(signIn.traceparent));
    expect(traceparent).not.toBe(signIn.traceparent);
  });

  test('A-32: of another account with the same e-mail, or one that only looks the same, stays another account', async () => {
    const email = 'mike@acme.example';
    const [first, second] = [aSignIn({ email }), aSignIn({ email })];

    await apply(directory, [first, second]);

    expect(await stored(first.data.accountId)).toMatchObject({ email, revision: 1 });
    expect(await stored(second.data.accountId)).toMatchObject({ email, revision: 1 });
  });

  test('A-36: a claim with the name of a column is an attribute and nothing else', async () => {
    const attributes = {
      id: randomUUID(),
      email: 'root@acme.example',
      status: 'deactivated',
      revision: 1000,
      claims_version: 1000,
      claimsVersion: 1000,
      adminAttributes: 'x',
      admin_attributes: 'x',
      first_administrator: true,
      firstAdministrator: true,
      is_superuser: true,
      password: 'x',
      last_sign_in_at: '1999-01-01',
      event: 'x',
      eventId: randomUUID(),
    };
    const { data } = aSignIn({ attributes, email: 'anna@acme.example' });

    await apply(directory, [aSignIn(data)]);

    expect(await stored(data.accountId)).toMatchObject({
      email: 'anna@acme.example',
      status: 'active',
      revision: 1,
      claims_version: 1,
      admin_attributes: {},
      first_administrator: false,
      token_attributes: attributes,
    });
  });

  test('whose transaction is rolled back leaves neither account nor announcement', async () => {
    const signIn = aSignIn();
    const [subscription] = directory.subscriptions;

    const undone = directory.database.$transaction(async (tx) => {
      await subscription?.handle([signIn], { tx, wrote: () => undefined, log });
      throw new Error('before the commit');
    });

    await expect(undone).rejects.toThrow('before the commit');
    expect(await stored(signIn.data.accountId)).toBeUndefined();
    expect(await announced(signIn.data.accountId)).toEqual([]);
  });
});

describe('a batch', () => {
  test('takes two statements, however many sign-ins it holds', async () => {
    const counting = async (batch: readonly SignIn[]): Promise<number> => {
      let statements = 0;
      await directory.database.$transaction(async (tx) => {
        const counted = new Proxy(tx, {
          get(target: SqlClient, name: keyof SqlClient) {
            statements += 1;
            return target[name].bind(target);
          },
        });
        await directory.subscriptions[0]?.handle(batch, { tx: counted, wrote: () => undefined, log });
      });
      return statements;
    };
    const people = Array.from({ length: 256 }, () => aSignIn());

    expect(await counting(people)).toBe(2);
    expect(await counting(people.map(({ data }, index) => aSignIn({ ...data, claimsVersion: 1 + (index % 2) })))).toBe(
      2,
    );
    expect(await counting([aSignIn()])).toBe(2);
  });

  test('announces those that changed and no other', async () => {
    const people = Array.from({ length: 100 }, () => aSignIn());
    await apply(directory, people);

    await apply(
      directory,
      people.map(({ data }, index) => aSignIn({ ...data, claimsVersion: index < 40 ? 2 : 1 })),
    );

    const counts = await Promise.all(people.map(async ({ data }) => (await announced(data.accountId)).length));
    expect(counts).toEqual(people.map((_, index) => (index < 40 ? 2 : 1)));
  });

  test('that meets an account which another instance is making waits, and applies what is newer to it', async () => {
    const { data } = aSignIn();
    let commit = (): void => {};
    const mayCommit = new Promise<void>((resolve) => {
      commit = resolve;
    });
    const written = new Promise<void>((resolve, reject) => {
      twin.database
        .$transaction(async (tx) => {
          await twin.subscriptions[0]?.handle([aSignIn({ ...data, attributes: { account_id: 1 } })], {
            tx,
            wrote: () => undefined,
            log,
          });
          resolve();
          await mayCommit;
        })
        .catch(reject);
    });
    await written;

    const late = apply(directory, [aSignIn({ ...data, claimsVersion: 2, attributes: { account_id: 2 } })]);
    late.catch(() => {});
    await eventually(async () => expect(await someoneWaitsForALock(directory.database)).toBe(true));
    commit();

    await late;
    expect(await stored(data.accountId)).toMatchObject({ revision: 2, token_attributes: { account_id: 2 } });
  });
});

describe('a history', () => {
  /** Sign-ins of up to three people: how many versions each has, and an order with repeats, cut into batches. */
  const histories = fc.array(fc.integer({ min: 1, max: 5 }), { minLength: 1, maxLength: 3 }).chain((versions) => {
    const all = versions.flatMap((count, person) =>
      Array.from({ length: count }, (_, index) => ({ person, claimsVersion: index + 1 })),
    );
    return fc.record({
      people: fc.constant(versions.length),
      order: fc.shuffledSubarray([...all, ...all], { minLength: all.length, maxLength: all.length * 2 }),
      batchSize: fc.integer({ min: 1, max: 6 }),
    });
  });

  const inBatches = <T>(items: readonly T[], size: number): T[][] =>
    Array.from({ length: Math.ceil(items.length / size) }, (_, index) => items.slice(index * size, (index + 1) * size));

  const expectModel = async (delivered: readonly SignIn[]): Promise<void> => {
    for (const accountId of new Set(delivered.map(({ data }) => data.accountId))) {
      const own = delivered.filter(({ data }) => data.accountId === accountId);
      const newest = own.reduce((a, b) => (b.data.claimsVersion > a.data.claimsVersion ? b : a)).data;
      const news = await announced(accountId);

      expect(await stored(accountId)).toMatchObject({
        claims_version: newest.claimsVersion,
        revision: news.length,
        email: newest.email,
        token_attributes: newest.attributes,
        claimed_groups: newest.groups,
      });
      expect(news.map(({ revision }) => revision)).toEqual(news.map((_, index) => index + 1));
      const versions = news.map(({ claimsVersion }) => claimsVersion);
      expect(versions).toEqual([...new Set(versions)].sort((a, b) => a - b));
      expect(news.at(-1)).toMatchObject({ claimsVersion: newest.claimsVersion, groups: newest.groups });
    }
  };

  /** One record of each sign-in, and of claims a chain in which each begins where the one before has ended. */
  const expectRecords = async (delivered: readonly SignIn[]): Promise<void> => {
    const ids = [...new Set(delivered.map(({ data }) => data.accountId))];
    const records = await directory.database.$queryRaw<RecordRow[]>`
      select event_id, kind, account_id, before, after from record where account_id = any(${ids}::uuid[])`;
    const signIns = records.filter(({ kind }) => kind === 'sign-in').map(({ event_id: id }) => id);
    expect(signIns.sort()).toEqual([...new Set(delivered.map(({ id }) => id))].sort());
    for (const accountId of ids) {
      const chain = records
        .filter((one) => one.kind === 'claims' && one.account_id === accountId)
        .map(({ before, after }) => [before?.attributes['version'] ?? 0, after.attributes['version'] ?? 0] as const)
        .sort(([a], [b]) => a - b);
      const newest = Math.max(
        ...delivered.filter(({ data }) => data.accountId === accountId).map(({ data }) => data.claimsVersion),
      );

      expect(chain.map(([before]) => before)).toEqual([0, ...chain.slice(0, -1).map(([, after]) => after)]);
      expect(chain.at(-1)?.[1]).toBe(newest);
    }
  };

  const signInsOf = (people: number, order: readonly { person: number; claimsVersion: number }[]): SignIn[] => {
    const ids = Array.from({ length: people }, () => randomUUID());
    return order.map(({ person, claimsVersion }) =>
      aSignIn({
        accountId: ids[person] as string,
        claimsVersion,
        email: `v${claimsVersion}@acme.example`,
        attributes: { version: claimsVersion },
        groups: [{ provider: 'jwt', presence: 'listed', names: [`v${claimsVersion}`] }],
        signedInBy: 'jwt',
      }),
    );
  };

  test('A-75: ends in the same state in any order, with any repeats, in any batches', async () => {
    await fc.assert(
      fc.asyncProperty(histories, async ({ people, order, batchSize }) => {
        const delivered = signInsOf(people, order);
        for (const batch of inBatches(delivered, batchSize)) await apply(directory, batch);
        await expectModel(delivered);
        await expectRecords(delivered);
        for (const batch of inBatches(delivered, batchSize + 1)) await apply(directory, batch);
        await expectModel(delivered);
        await expectRecords(delivered);
      }),
      { numRuns: 60 },
    );
  });

  test('ends in the same state when two instances work on it at once', async () => {
    await fc.assert(
      fc.asyncProperty(histories, async ({ people, order, batchSize }) => {
        const delivered = signInsOf(people, order);
        const batches = inBatches(delivered, batchSize);
        const work = async (service: Service, share: number): Promise<void> => {
          for (const [index, batch] of batches.entries()) if (index % 2 === share) await applyPatiently(service, batch);
        };
        await Promise.all([work(directory, 0), work(twin, 1)]);
        await expectModel(delivered);
        await expectRecords(delivered);
      }),
      { numRuns: 60 },
    );
  });
});

test('everything is announced again, under the revision that it has', async () => {
  const people = Array.from({ length: 3 }, () => aSignIn());
  await apply(directory, people);
  const [{ count } = { count: 0 }] = await directory.database.$queryRaw<
    { count: number }[]
  >`select count(*)::integer as count from account`;

  expect(await directory.resync()).toBe(count);

  for (const { data } of people) {
    const news = await announced(data.accountId);
    expect(news).toHaveLength(2);
    expect(news[1]).toEqual(news[0]);
  }
});
