import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from '@jest/globals';
import { awaitAccountRevision, Failure, reserveDeactivation, setAccountStatus } from '@sandgate/contracts';
import { createDirectory } from '@sandgate/directory';
import type { SqlClient } from '@sandgate/messaging';
import { createLogger, type Service } from '@sandgate/service-kit';
import pg from 'pg';
import { takeOverStatusChanges } from '../../../services/directory/src/status/status-change-store.js';
import { eventually } from '../../support/eventually.js';
import { announcedOf, type RunningDirectory, startDirectory, storedAccount } from './running-directory.js';

let directory: RunningDirectory;
/** Another instance, whose job a test runs by hand. */
let twin: Service;

/** What auth and permissions hold, as far as directory can tell them. */
const elsewhere = { status: new Map<string, string>(), reserved: new Set<string>() };

beforeAll(async () => {
  directory = await startDirectory();
  twin = createDirectory({
    recordRetentionDays: 400,
    databaseUrl: directory.databases.urls.directory,
    ask: directory.others.ask,
    log: createLogger('directory', 'silent'),
  });
});

afterAll(async () => {
  await twin.close();
  await directory.stop();
});

const actAsAsked = (): void => {
  directory.others.on(awaitAccountRevision, async () => ({ applied: true }));
  directory.others.on(reserveDeactivation, async ({ accountId, released }) => {
    if (released) elsewhere.reserved.delete(accountId);
    else elsewhere.reserved.add(accountId);
    return {};
  });
  directory.others.on(setAccountStatus, async ({ accountId, status }) => {
    elsewhere.status.set(accountId, status);
    return {};
  });
};

beforeEach(actAsAsked);

const patch = (accountId: string, body: unknown) =>
  directory.asAdministrator('PATCH', `/api/accounts/${accountId}`, body);
const stored = (accountId: string) => storedAccount(directory.service.database, accountId);
const announced = (accountId: string) => announcedOf(directory.service.database, accountId);
const statusChangeOf = async (accountId: string): Promise<string | undefined> => {
  const rows = await directory.service.database.$queryRaw<{ status: string }[]>`
    select status from status_change where account_id = ${accountId}::uuid`;
  return rows[0]?.status;
};
/** Everything that can be seen of an account in one value. */
const everywhere = async (accountId: string) => ({
  directory: (await stored(accountId))?.status,
  revision: (await stored(accountId))?.revision,
  announced: (await announced(accountId)).length,
  auth: elsewhere.status.get(accountId),
  reserved: elsewhere.reserved.has(accountId),
  change: await statusChangeOf(accountId),
});
const untouched = {
  directory: 'active',
  revision: 1,
  announced: 1,
  auth: undefined,
  reserved: false,
  change: undefined,
};

const aDeactivatedAccount = async (): Promise<string> => {
  const { accountId } = await directory.signIn();
  await patch(accountId, { status: 'deactivated' });
  elsewhere.reserved.delete(accountId);
  return accountId;
};

/** Makes time pass for whoever holds the change. */
const abandon = async (accountId: string): Promise<void> => {
  await directory.service.database.$executeRaw`
    update status_change set held_until = now() - interval '1 second' where account_id = ${accountId}::uuid`;
};
const finish = (service: Service) => {
  const job = service.jobs.find(({ name }) => name === 'finish-status-changes');
  if (!job) throw new Error('there is no such job');
  return job.run();
};
/** The job of the running instance may be faster than the one that is run here; both will do. */
const finishedBySomeone = async (accountId: string): Promise<void> => {
  await eventually(async () => {
    await abandon(accountId);
    await finish(twin);
    expect(await statusChangeOf(accountId)).toBeUndefined();
  });
};

const timeOut = (): Promise<never> =>
  Promise.reject(new Failure('service.unavailable', { cause: new DOMException('timed out', 'TimeoutError') }));
const down = (): Promise<never> =>
  Promise.reject(
    new Failure('service.unavailable', {
      cause: new TypeError('fetch failed', { cause: Object.assign(new Error(), { code: 'ECONNREFUSED' }) }),
    }),
  );

describe('to deactivate an account', () => {
  test('first the intent is stored, then permissions reserves it, then auth ends its sessions, then it is announced', async () => {
    const { accountId } = await directory.signIn();
    const seen: unknown[] = [];
    directory.others.on(reserveDeactivation, async () => {
      seen.push('reserved', await statusChangeOf(accountId), (await stored(accountId))?.status);
      return {};
    });
    directory.others.on(setAccountStatus, async () => {
      seen.push('auth', (await stored(accountId))?.status, (await announced(accountId)).length);
      return {};
    });
    directory.others.on(awaitAccountRevision, async ({ revision }) => {
      seen.push('awaited', revision);
      return { applied: true };
    });

    const { status, body } = await patch(accountId, { status: 'deactivated' });

    expect({ status, account: body.status, revision: body.revision, pending: body.pending }).toEqual({
      status: 200,
      account: 'deactivated',
      revision: 2,
      pending: [],
    });
    expect(seen).toEqual(['reserved', 'deactivated', 'active', 'auth', 'active', 1, 'awaited', 2]);
    expect((await announced(accountId)).at(-1)).toMatchObject({ revision: 2, status: 'deactivated' });
    expect(await statusChangeOf(accountId)).toBeUndefined();
  });

  test('and to change attributes with it makes one revision', async () => {
    const { accountId } = await directory.signIn();

    const { body } = await patch(accountId, { status: 'deactivated', adminAttributes: { region: { value: 'eu' } } });

    expect(body).toMatchObject({
      status: 'deactivated',
      revision: 2,
      adminAttributes: { region: { value: 'eu', pinned: false } },
    });
    expect(await announced(accountId)).toHaveLength(2);
  });

  test('that is deactivated already asks nobody', async () => {
    const accountId = await aDeactivatedAccount();
    directory.others.takeAsked();

    expect(await patch(accountId, { status: 'deactivated' })).toMatchObject({ status: 200, body: { revision: 2 } });
    expect(directory.others.takeAsked().map(({ name }) => name)).toEqual([
      'permissions.describe-memberships',
      'permissions.await-account-revision',
    ]);
  });

  test('is pending while permissions has not applied it', async () => {
    const { accountId } = await directory.signIn();
    directory.others.on(awaitAccountRevision, async () => ({ applied: false }));

    expect(await patch(accountId, { status: 'deactivated' })).toMatchObject({
      status: 202,
      body: { status: 'deactivated', pending: ['permissions'] },
    });
  });

  test('A-39: is refused for the last administrator, and nothing is changed', async () => {
    const { accountId } = await directory.signIn();
    directory.others.on(reserveDeactivation, async ({ released }) => {
      if (!released) throw new Failure('permissions.last_administrator');
      return {};
    });

    const answer = await patch(accountId, { status: 'deactivated', adminAttributes: { region: { value: 'eu' } } });

    expect(answer).toMatchObject({ status: 409, body: { code: 'permissions.last_administrator' } });
    expect(await everywhere(accountId)).toEqual(untouched);
    expect(await stored(accountId)).toMatchObject({ admin_attributes: {} });
  });

  test('is 503 with auth down, and nothing is changed', async () => {
    const { accountId } = await directory.signIn();
    directory.others.on(setAccountStatus, down);

    const answer = await patch(accountId, { status: 'deactivated', adminAttributes: { region: { value: 'eu' } } });

    expect(answer).toMatchObject({ status: 503, body: { code: 'service.unavailable' } });
    expect(await everywhere(accountId)).toEqual(untouched);
    expect(await stored(accountId)).toMatchObject({ admin_attributes: {} });
  });

  test('is 503 with permissions down, and nothing is changed', async () => {
    const { accountId } = await directory.signIn();
    directory.others.on(reserveDeactivation, down);

    expect(await patch(accountId, { status: 'deactivated' })).toMatchObject({
      status: 503,
      body: { code: 'service.unavailable' },
    });
    expect(await everywhere(accountId)).toEqual(untouched);
  });

  test('is 503 with auth down and permissions gone since the reservation, which is released when it is back', async () => {
    const { accountId } = await directory.signIn();
    directory.others.on(setAccountStatus, async () => {
      directory.others.on(reserveDeactivation, down);
      return down();
    });

    expect(await patch(accountId, { status: 'deactivated' })).toMatchObject({
      status: 503,
      body: { code: 'service.unavailable' },
    });
    expect(await everywhere(accountId)).toEqual({ ...untouched, reserved: true, change: 'active' });

    actAsAsked();
    await finishedBySomeone(accountId);
    expect(await everywhere(accountId)).toEqual({ ...untouched, auth: 'active' });
  });

  test('is not begun twice at the same time', async () => {
    const { accountId } = await directory.signIn();
    let goOn = (): void => {};
    directory.others.on(
      setAccountStatus,
      () =>
        new Promise((resolve) => {
          goOn = () => resolve({});
        }),
    );
    const first = patch(accountId, { status: 'deactivated' });
    await eventually(() => expect(elsewhere.reserved.has(accountId)).toBe(true));

    for (const status of ['active', 'deactivated']) {
      expect(await patch(accountId, { status })).toMatchObject({
        status: 409,
        body: { code: 'directory.status_change_in_progress' },
      });
    }
    expect(await patch(accountId, { adminAttributes: { region: { value: 'eu' } } })).toMatchObject({ status: 200 });
    goOn();

    expect(await first).toMatchObject({
      status: 200,
      body: { status: 'deactivated', revision: 3, adminAttributes: { region: { value: 'eu' } } },
    });
  });
});

describe('to reactivate an account', () => {
  test('auth is told first, then a reservation that is left is released, then it is announced', async () => {
    const accountId = await aDeactivatedAccount();
    elsewhere.reserved.add(accountId);
    const seen: unknown[] = [];
    directory.others.on(setAccountStatus, async ({ status }) => {
      seen.push('auth', status, (await stored(accountId))?.status);
      return {};
    });
    directory.others.on(reserveDeactivation, async ({ released }) => {
      seen.push('released', released, (await stored(accountId))?.status);
      return {};
    });

    const { status, body } = await patch(accountId, { status: 'active' });

    expect({ status, account: body.status, revision: body.revision }).toEqual({
      status: 200,
      account: 'active',
      revision: 3,
    });
    expect(seen).toEqual(['auth', 'active', 'deactivated', 'released', true, 'deactivated']);
    expect((await announced(accountId)).at(-1)).toMatchObject({ revision: 3, status: 'active' });
  });

  test('is 503 with auth down, and nothing is changed', async () => {
    const accountId = await aDeactivatedAccount();
    directory.others.on(setAccountStatus, down);
    const before = await everywhere(accountId);

    expect(await patch(accountId, { status: 'active' })).toMatchObject({ status: 503 });
    expect(await everywhere(accountId)).toEqual(before);
  });

  test('goes on by itself when permissions is down after auth has done it', async () => {
    const accountId = await aDeactivatedAccount();
    directory.others.on(reserveDeactivation, down);

    expect(await patch(accountId, { status: 'active' })).toMatchObject({
      status: 202,
      body: { status: 'deactivated', pending: ['auth', 'permissions'] },
    });
    expect(await everywhere(accountId)).toMatchObject({ directory: 'deactivated', auth: 'active', change: 'active' });

    actAsAsked();
    await finishedBySomeone(accountId);
    expect(await everywhere(accountId)).toMatchObject({
      directory: 'active',
      revision: 3,
      announced: 3,
      auth: 'active',
      change: undefined,
    });
  });
});

describe('a change of status of which the outcome is not known', () => {
  test.each<[string, () => void]>([
    ['permissions has not answered in time', () => directory.others.on(reserveDeactivation, timeOut)],
    ['auth has not answered in time', () => directory.others.on(setAccountStatus, timeOut)],
  ])('is answered 202 and finished, with the attributes of the same request: %s', async (_, isSlow) => {
    const { accountId } = await directory.signIn();
    isSlow();

    const { status, body } = await patch(accountId, {
      status: 'deactivated',
      adminAttributes: { region: { value: 'eu' } },
    });
    expect({ status, account: body.status, pending: body.pending }).toEqual({
      status: 202,
      account: 'active',
      pending: ['auth', 'permissions'],
    });
    expect(await everywhere(accountId)).toMatchObject({
      directory: 'active',
      revision: 1,
      announced: 1,
      change: 'deactivated',
    });

    actAsAsked();
    await finishedBySomeone(accountId);
    expect(await everywhere(accountId)).toEqual({
      directory: 'deactivated',
      revision: 2,
      announced: 2,
      auth: 'deactivated',
      reserved: true,
      change: undefined,
    });
    expect(await stored(accountId)).toMatchObject({ admin_attributes: { region: { value: 'eu', pinned: false } } });
  });

  test('because directory failed after auth had done it, is finished', async () => {
    const { accountId } = await directory.signIn();
    const admin = new pg.Client({ connectionString: directory.databases.adminUrl });
    await admin.connect();
    await admin.query("alter table directory.account add constraint failing check (status <> 'deactivated') not valid");

    expect(await patch(accountId, { status: 'deactivated' })).toMatchObject({
      status: 500,
      body: { code: 'internal_error' },
    });
    expect(await everywhere(accountId)).toEqual({
      ...untouched,
      auth: 'deactivated',
      reserved: true,
      change: 'deactivated',
    });

    await admin.query('alter table directory.account drop constraint failing');
    await admin.end();
    await finishedBySomeone(accountId);
    expect(await everywhere(accountId)).toMatchObject({
      directory: 'deactivated',
      revision: 2,
      announced: 2,
      change: undefined,
    });
  });

  test('is tried again while a service is still away', async () => {
    const { accountId } = await directory.signIn();
    directory.others.on(setAccountStatus, timeOut);
    await patch(accountId, { status: 'deactivated' });

    for (const failure of [timeOut, down]) {
      directory.others.on(setAccountStatus, failure);
      await abandon(accountId);
      await finish(twin);
      expect(await everywhere(accountId)).toMatchObject({ directory: 'active', announced: 1, change: 'deactivated' });
    }

    actAsAsked();
    await finishedBySomeone(accountId);
    expect(await everywhere(accountId)).toMatchObject({ directory: 'deactivated', announced: 2 });
  });

  test('A-39: leads back when it turns out to be the last administrator', async () => {
    const { accountId } = await directory.signIn();
    directory.others.on(reserveDeactivation, timeOut);
    await patch(accountId, { status: 'deactivated', adminAttributes: { region: { value: 'eu' } } });
    actAsAsked();
    directory.others.on(reserveDeactivation, async ({ released }) => {
      if (!released) throw new Failure('permissions.last_administrator');
      return {};
    });

    await finishedBySomeone(accountId);

    expect(await everywhere(accountId)).toEqual({ ...untouched, auth: 'active' });
    expect(await stored(accountId)).toMatchObject({ admin_attributes: {} });
  });

  test('is left to whoever holds it', async () => {
    const { accountId } = await directory.signIn();
    directory.others.on(setAccountStatus, timeOut);
    await patch(accountId, { status: 'deactivated' });
    actAsAsked();

    await finish(twin);

    expect(await statusChangeOf(accountId)).toBe('deactivated');
    await finishedBySomeone(accountId);
  });

  test('is finished once, however many instances look for it', async () => {
    const accountIds = await Promise.all(Array.from({ length: 15 }, async () => (await directory.signIn()).accountId));
    for (const accountId of accountIds) {
      await directory.service.database.$executeRaw`
        insert into status_change (account_id, status, admin_attributes, traceparent, holder, held_until)
        values (${accountId}::uuid, 'deactivated', '{}', ${`00-${'a'.repeat(32)}-${'b'.repeat(16)}-01`}, ${randomUUID()}::uuid, now() - interval '1 second')`;
    }
    const told: string[] = [];
    directory.others.on(setAccountStatus, async ({ accountId }) => {
      told.push(accountId);
      return {};
    });

    await eventually(async () => {
      await Promise.all([finish(twin), finish(directory.service), finish(twin)]);
      for (const accountId of accountIds)
        expect(await everywhere(accountId)).toMatchObject({
          directory: 'deactivated',
          revision: 2,
          announced: 2,
          change: undefined,
        });
    });

    expect(told.filter((accountId) => accountIds.includes(accountId)).sort()).toEqual([...accountIds].sort());
  });

  test('may be finished by somebody else while a slow one still works on it; it is announced once', async () => {
    const { accountId } = await directory.signIn();
    let goOn = (): void => {};
    directory.others.on(
      setAccountStatus,
      () =>
        new Promise((resolve) => {
          goOn = () => resolve({});
        }),
    );
    const slow = patch(accountId, { status: 'deactivated' });
    await eventually(() => expect(elsewhere.reserved.has(accountId)).toBe(true));
    const release = goOn;
    actAsAsked();
    await finishedBySomeone(accountId);
    release();

    expect(await slow).toMatchObject({ status: 202, body: { pending: ['auth', 'permissions'] } });
    expect(await everywhere(accountId)).toMatchObject({
      directory: 'deactivated',
      revision: 2,
      announced: 2,
      change: undefined,
    });
  });
});

test('a change of status that somebody else has taken over is not ended by whoever began it', async () => {
  const { accountId } = await directory.signIn();
  let goOn = (): void => {};
  directory.others.on(
    setAccountStatus,
    () =>
      new Promise((resolve) => {
        goOn = () => resolve({});
      }),
  );
  const slow = patch(accountId, { status: 'deactivated' });
  await eventually(() => expect(elsewhere.reserved.has(accountId)).toBe(true));
  const answerSlowly = goOn;
  directory.others.on(setAccountStatus, timeOut);
  await abandon(accountId);
  await finish(twin);

  answerSlowly();

  expect(await slow).toMatchObject({ status: 202, body: { pending: ['auth', 'permissions'] } });
  expect(await everywhere(accountId)).toMatchObject({ directory: 'active', announced: 1, change: 'deactivated' });
  actAsAsked();
  await finishedBySomeone(accountId);
});

test('changes of status that one instance is taking over are not waited for by another', async () => {
  const { accountId } = await directory.signIn();
  directory.others.on(setAccountStatus, timeOut);
  await patch(accountId, { status: 'deactivated' });
  const taken = async (database: SqlClient): Promise<string[]> =>
    (await takeOverStatusChanges(database, randomUUID(), 100)).map((change) => change.accountId);
  const takenWithoutWaiting = (service: Service): Promise<string[]> =>
    service.database.$transaction(async (tx) => {
      await tx.$executeRaw`set local lock_timeout = '100ms'`;
      return taken(tx);
    });

  await eventually(async () => {
    await abandon(accountId);
    await directory.service.database.$transaction(async (tx) => {
      expect(await taken(tx)).toContain(accountId);
      expect(await takenWithoutWaiting(twin)).not.toContain(accountId);
    });
  });

  actAsAsked();
  await finishedBySomeone(accountId);
});

test('F-50: sign-ins that were queued before a deactivation do not reactivate', async () => {
  const claims = await directory.signIn();
  await patch(claims.accountId, { status: 'deactivated' });

  await directory.signIn({ ...claims, claimsVersion: 2 });

  expect((await announced(claims.accountId)).at(-1)).toMatchObject({
    revision: 3,
    claimsVersion: 2,
    status: 'deactivated',
  });
});
