import { randomUUID } from 'node:crypto';
import { afterAll, afterEach, beforeAll, describe, expect, test } from '@jest/globals';
import { Failure, type Recorded, reserveDeactivation } from '@sandgate/contracts';
import { nextTraceparent } from '@sandgate/messaging';
import { createLogger } from '@sandgate/service-kit';
import { eventually } from '../../support/eventually.js';
import { type RunningDirectory, startDirectory } from './running-directory.js';
import { apply, aSignIn } from './sign-ins.js';

const log = createLogger('directory', 'silent');
let directory: RunningDirectory;

beforeAll(async () => {
  directory = await startDirectory();
});

afterAll(() => directory.stop());

afterEach(() => directory.asAdministrator('PUT', '/api/attribute-settings', { private: [] }));

async function records(query: Record<string, string>): Promise<{ data: Recorded[]; total: number }> {
  const { status, body } = await directory.asAdministrator('GET', `/api/records?${new URLSearchParams(query)}`);
  expect(status).toBe(200);
  return body;
}

/** As a consumer of directory gets it. */
async function receive(consumer: string, ...events: { id: string; data: unknown; time?: string }[]): Promise<void> {
  const subscription = directory.service.subscriptions.find(({ name }) => name === `directory.${consumer}`);
  const received = events.map((event) => ({
    time: new Date().toISOString(),
    traceparent: nextTraceparent(),
    ...event,
  }));
  await directory.service.database.$transaction(
    (tx) => subscription?.handle(received, { tx, wrote: () => undefined, log }) as Promise<void>,
  );
}

describe('a sign-in', () => {
  test('is recorded, also one of many in a batch that changes nothing', async () => {
    const first = aSignIn({ signedInBy: 'jwt' }, '2026-11-02T08:00:00.000Z');
    const again = aSignIn({ ...first.data, signedInBy: 'password' }, '2026-11-02T08:05:00.000Z');

    await directory.deliver([again, first]);

    const { accountId } = first.data;
    const { data } = await eventually(async () => {
      const found = await records({ kind: 'sign-in', accountId });
      expect(found.total).toBe(2);
      return found;
    });
    expect(data).toEqual(
      [again, first].map(({ id, time, data: { signedInBy: provider } }) => ({
        id,
        kind: 'sign-in',
        at: time,
        accountId,
        actorId: null,
        code: null,
        details: { provider },
        before: null,
        after: null,
      })),
    );
  });

  test('is one record however often it is delivered', async () => {
    const signIn = aSignIn({ signedInBy: 'jwt' });

    await directory.deliver([signIn, signIn]);
    await eventually(async () => expect((await records({ accountId: signIn.data.accountId })).total).toBe(2));
    await apply(directory.service, [signIn, signIn]);

    const { data } = await records({ accountId: signIn.data.accountId });
    expect(data.map(({ kind }) => kind).sort()).toEqual(['claims', 'sign-in']);
  });

  test('is none where an event has another cause, such as a resync', async () => {
    const { data } = aSignIn({ signedInBy: 'jwt' });
    await apply(directory.service, [aSignIn(data)]);
    const { signedInBy: _none, ...state } = data;

    await apply(directory.service, [aSignIn(state)]);

    expect((await records({ kind: 'sign-in', accountId: data.accountId })).total).toBe(1);
  });

  test('with other claims records what they were and what they are', async () => {
    const { data } = aSignIn({ attributes: { region: 'eu', seats: 3 } });
    await apply(directory.service, [aSignIn(data)]);
    const groups = [{ provider: 'jwt', presence: 'listed' as const, names: ['Globex'] }];
    const change = aSignIn({ ...data, claimsVersion: 2, attributes: { region: 'us', seats: 3 }, groups });

    await apply(directory.service, [change]);

    const { accountId } = data;
    const changes = await records({ kind: 'claims', accountId });
    expect(changes.total).toBe(2);
    expect(changes.data.find(({ id }) => id === change.id)).toMatchObject({
      details: {},
      before: { attributes: { region: 'eu' }, groups: { jwt: { presence: 'listed', names: ['Customer-Acme'] } } },
      after: { attributes: { region: 'us' }, groups: { jwt: { presence: 'listed', names: ['Globex'] } } },
    });
    expect(JSON.stringify(changes)).not.toContain('@');
  });
});

describe("an administrator's change", () => {
  test('of attributes leaves exactly one record with actor, before and after', async () => {
    const { accountId } = await directory.signIn();
    const change = (adminAttributes: unknown) =>
      directory.asAdministrator('PATCH', `/api/accounts/${accountId}`, { adminAttributes });
    await change({ region: { value: 'eu' }, seats: { value: 1 } });
    await change({ region: { value: 'us', pinned: true } });
    await change({ region: { value: 'us', pinned: true } });

    const { data, total } = await records({ kind: 'settings', accountId });

    expect(total).toBe(2);
    expect(data[0]).toMatchObject({
      actorId: directory.administratorId,
      code: 'directory.account',
      before: { adminAttributes: { region: { value: 'eu', pinned: false } } },
      after: { adminAttributes: { region: { value: 'us', pinned: true } } },
    });
  });

  test('of the status leaves exactly one, and none where it is refused', async () => {
    const { accountId } = await directory.signIn();
    await directory.asAdministrator('PATCH', `/api/accounts/${accountId}`, { status: 'deactivated' });

    const { data, total } = await records({ accountId, actorId: directory.administratorId });

    expect(total).toBe(1);
    expect(data[0]).toMatchObject({ before: { status: 'active' }, after: { status: 'deactivated' } });

    const refused = await directory.signIn();
    directory.others.on(reserveDeactivation, async () => {
      throw new Failure('permissions.last_administrator');
    });
    await directory.asAdministrator('PATCH', `/api/accounts/${refused.accountId}`, { status: 'deactivated' });
    directory.others.on(reserveDeactivation, async () => ({}));
    expect((await records({ kind: 'settings', accountId: refused.accountId })).total).toBe(0);
  });

  test.each(['auth', 'permissions'])('in %s is recorded once, however often it is delivered', async (service) => {
    const [id, accountId] = [randomUUID(), randomUUID()];
    const change = {
      what: 'membership',
      id: '4',
      accountId,
      actorId: directory.administratorId,
      before: null,
      after: { source: 'manual' },
    };
    const event = { id, time: '2026-11-03T08:00:00.000Z', data: change };

    await receive(`on-${service}-settings-changed`, event, event);
    await receive(`on-${service}-settings-changed`, event);

    expect(await records({ accountId })).toEqual({
      total: 1,
      data: [
        {
          id,
          kind: 'settings',
          at: event.time,
          accountId,
          actorId: directory.administratorId,
          code: `${service}.membership`,
          details: { id: '4' },
          before: null,
          after: { source: 'manual' },
        },
      ],
    });
  });
});

test('refusals are recorded with their number, reason and source', async () => {
  const id = randomUUID();
  const refused = {
    code: 'auth.token_expired',
    provider: null,
    source: '203.0.113.7',
    count: 12,
    firstAt: '2026-11-04T08:00:00.100Z',
    lastAt: '2026-11-04T08:00:00.900Z',
  };

  await receive('on-sign-in-refused', { id, data: refused });
  await receive('on-sign-in-refused', { id, data: refused });

  const { data } = await records({ code: 'auth.token_expired' });
  const { code, ...details } = refused;
  expect(data).toEqual([
    {
      id,
      kind: 'refusal',
      at: refused.lastAt,
      accountId: null,
      actorId: null,
      code,
      details,
      before: null,
      after: null,
    },
  ]);
});

test('a refusal of an account that is known is among the records of that account', async () => {
  const accountId = randomUUID();
  const at = '2026-11-04T08:00:00.100Z';
  const refused = { provider: 'jwt', source: '203.0.113.7', count: 1, firstAt: at, lastAt: at };

  await receive('on-sign-in-refused', {
    id: randomUUID(),
    data: { ...refused, code: 'auth.account_deactivated', accountId },
  });

  const { data } = await records({ accountId });
  expect(data).toMatchObject([{ code: 'auth.account_deactivated', accountId, details: refused }]);
});

describe('the value of a private attribute', () => {
  const setPrivate = (names: string[]) =>
    directory.asAdministrator('PUT', '/api/attribute-settings', { private: names });
  const stored = async (accountId: string): Promise<string> => {
    const rows = await directory.service.database.$queryRaw<unknown[]>`
      select details, before, after from record where account_id = ${accountId}::uuid`;
    return JSON.stringify(rows);
  };

  test('is in no record, whoever changes it, and its name is', async () => {
    expect((await setPrivate(['salary', 'salary'])).body).toEqual({ private: ['salary'] });
    const { accountId } = await directory.signIn({ attributes: { salary: 91234, region: 'eu' } });
    await directory.asAdministrator('PATCH', `/api/accounts/${accountId}`, {
      adminAttributes: { salary: { value: 94321, pinned: true } },
    });

    expect(await stored(accountId)).not.toMatch(/91234|94321/);
    const { data } = await records({ accountId });
    expect(data.map(({ after }) => after)).toEqual(
      expect.arrayContaining([
        expect.objectContaining({ attributes: { salary: 'private', region: 'eu' } }),
        { adminAttributes: { salary: 'private' } },
      ]),
    );
  });

  test('is not shown of older records either', async () => {
    const { accountId } = await directory.signIn({ attributes: { salary: 91234 } });

    await setPrivate(['salary']);

    const { data } = await records({ accountId });
    expect(data[0]?.after).toMatchObject({ attributes: { salary: 'private' } });
  });

  test('who makes an attribute private, or no longer, is recorded', async () => {
    await setPrivate(['salary', 'region']);
    await setPrivate(['salary', 'region']);

    const { data } = await records({ code: 'directory.attribute-settings', limit: '1' });

    expect(data[0]).toMatchObject({
      actorId: directory.administratorId,
      before: { private: [] },
      after: { private: ['region', 'salary'] },
    });
  });
});

describe('the list', () => {
  test('is newest first, in pages, within times', async () => {
    const { data: claims } = aSignIn({ signedInBy: 'jwt' });
    const { accountId } = claims;
    const times = [1, 2, 3, 4].map((minute) => `2026-11-05T08:0${minute}:00.000Z`);
    await apply(
      directory.service,
      times.map((time) => aSignIn(claims, time)),
    );
    const at = async (query: Record<string, string>) =>
      (await records({ kind: 'sign-in', accountId, ...query })).data.map((record) => record.at);

    expect(await at({})).toEqual(times.toReversed());
    expect(await at({ limit: '2', offset: '1' })).toEqual([times[2], times[1]]);
    expect(await at({ from: '2026-11-05T08:02:00Z', to: '2026-11-05T10:04:00+02:00' })).toEqual([times[2], times[1]]);
    expect(await records({ kind: 'sign-in', accountId, limit: '1' })).toMatchObject({ total: 4 });
  });

  test('says how many there are at the moment of its rows, while more are written', async () => {
    const { data: claims } = aSignIn({ signedInBy: 'jwt' });
    const { accountId } = claims;
    let isWriting = true;
    const write = async (): Promise<void> => {
      for (let n = 0; n < 100; n += 1) await apply(directory.service, [aSignIn(claims)]);
      isWriting = false;
    };
    const read = async (): Promise<number[][]> => {
      const counts: number[][] = [];
      while (isWriting) {
        const { data, total } = await records({ kind: 'sign-in', accountId });
        counts.push([data.length, total]);
      }
      return counts;
    };

    const [counts] = await Promise.all([read(), write()]);

    expect(new Set(counts.map(([, total]) => total)).size).toBeGreaterThan(5);
    expect(counts.filter(([rows, total]) => rows !== total)).toEqual([]);
  });

  test.each([{ kind: 'other' }, { accountId: 'x' }, { from: 'yesterday' }, { somebody: '1' }])(
    'is refused for %j',
    async (query) => {
      const { status } = await directory.asAdministrator('GET', `/api/records?${new URLSearchParams(query as never)}`);
      expect(status).toBe(400);
    },
  );
});

describe('records that are too old', () => {
  test('are removed in portions, by several instances at once, and no others', async () => {
    await directory.service.database.$executeRaw`
      insert into record (event_id, kind, at, details)
      select gen_random_uuid(), 'sign-in', now() - interval '400 days' - n * interval '1 second', '{}' from generate_series(1, 6000) n`;
    await directory.service.database.$executeRaw`
      insert into record (event_id, kind, at, details) values (gen_random_uuid(), 'sign-in', now() - interval '399 days', '{}')`;
    const before = await records({ to: new Date().toISOString() });
    const job = directory.service.jobs.find(({ name }) => name === 'remove-old-records');

    const removed = await Promise.all([job?.run(), job?.run()]);

    expect(removed.reduce((sum, outcome) => sum + Number(outcome?.['records'] ?? 0), 0)).toBe(6000);
    expect((await records({ to: new Date().toISOString() })).total).toBe(before.total - 6000);
    expect((await records({ to: new Date(Date.now() - 398 * 86_400_000).toISOString() })).total).toBe(1);
  });
});
