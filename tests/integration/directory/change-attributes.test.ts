import { afterAll, beforeAll, beforeEach, describe, expect, test } from '@jest/globals';
import { awaitAccountRevision, describeMemberships, Failure } from '@sandgate/contracts';
import { eventually } from '../../support/eventually.js';
import { announcedOf, type RunningDirectory, startDirectory, storedAccount } from './running-directory.js';
import { apply, aSignIn } from './sign-ins.js';

let directory: RunningDirectory;

beforeAll(async () => {
  directory = await startDirectory();
});

afterAll(() => directory.stop());

beforeEach(() => {
  directory.others.on(awaitAccountRevision, async () => ({ applied: true }));
  directory.others.on(describeMemberships, async ({ accountId }) => ({
    administrator: accountId === directory.administratorId,
    groups: [],
  }));
});

const patch = (accountId: string, body: unknown) =>
  directory.asAdministrator('PATCH', `/api/accounts/${accountId}`, body);
const stored = (accountId: string) => storedAccount(directory.service.database, accountId);
const announced = (accountId: string) => announcedOf(directory.service.database, accountId);

describe('admin attributes', () => {
  test('are set, pinned and removed, and each change is announced as the next revision', async () => {
    const { accountId } = await directory.signIn({ attributes: { account_id: 28 } });

    await patch(accountId, { adminAttributes: { account_id: { value: 41 }, region: { value: ['eu', 'us'] } } });
    await patch(accountId, { adminAttributes: { account_id: { value: 41, pinned: true } } });
    const { status, body } = await patch(accountId, { adminAttributes: { account_id: null } });

    expect({ status, pending: body.pending, revision: body.revision }).toEqual({
      status: 200,
      pending: [],
      revision: 4,
    });
    expect(body.adminAttributes).toEqual({ region: { value: ['eu', 'us'], pinned: false } });
    const region = { value: ['eu', 'us'], source: 'admin' };
    expect(
      (await announced(accountId)).map(({ revision, claimsVersion, attributes }) => ({
        revision,
        claimsVersion,
        attributes,
      })),
    ).toEqual([
      { revision: 1, claimsVersion: 1, attributes: { account_id: { value: 28, source: 'token' } } },
      { revision: 2, claimsVersion: 1, attributes: { account_id: { value: 28, source: 'token' }, region } },
      { revision: 3, claimsVersion: 1, attributes: { account_id: { value: 41, source: 'admin' }, region } },
      { revision: 4, claimsVersion: 1, attributes: { account_id: { value: 28, source: 'token' }, region } },
    ]);
  });

  test('are in force when answered 200: permissions is asked for this very revision', async () => {
    const { accountId } = await directory.signIn();
    directory.others.takeAsked();

    await patch(accountId, { adminAttributes: { region: { value: 'eu' } } });

    expect(directory.others.takeAsked().at(-1)).toEqual({
      name: 'permissions.await-account-revision',
      input: { accountId, revision: 2 },
    });
  });

  test.each<[string, () => Promise<{ applied: boolean }>]>([
    ['has not applied the change in time', async () => ({ applied: false })],
    ['does not answer', () => Promise.reject(new Failure('service.unavailable'))],
    ['fails', () => Promise.reject(new Error('oops'))],
  ])('are pending when permissions %s; the change is made all the same', async (_, applied) => {
    const { accountId } = await directory.signIn();
    directory.others.on(awaitAccountRevision, applied);

    const { status, body } = await patch(accountId, { adminAttributes: { region: { value: 'eu' } } });

    expect({ status, pending: body.pending, revision: body.revision }).toEqual({
      status: 202,
      pending: ['permissions'],
      revision: 2,
    });
    expect(await announced(accountId)).toHaveLength(2);
  });

  test('that are the same make no new revision, but are waited for again', async () => {
    const { accountId } = await directory.signIn();
    const body = { adminAttributes: { region: { value: 'eu' }, seats: { value: [1, 'two', true] }, gone: null } };
    directory.others.on(awaitAccountRevision, async () => ({ applied: false }));
    expect(await patch(accountId, body)).toMatchObject({ status: 202, body: { revision: 2 } });

    expect(await patch(accountId, body)).toMatchObject({ status: 202, body: { revision: 2 } });
    directory.others.on(awaitAccountRevision, async () => ({ applied: true }));
    expect(await patch(accountId, body)).toMatchObject({ status: 200, body: { revision: 2 } });
    expect(await patch(accountId, { status: 'active' })).toMatchObject({ status: 200, body: { revision: 2 } });
    expect(await announced(accountId)).toHaveLength(2);
  });

  test('that another type makes different are not the same', async () => {
    const { accountId } = await directory.signIn();

    for (const value of [28, '28', [28], ['28'], true, 'true'])
      await patch(accountId, { adminAttributes: { account_id: { value } } });

    expect(await stored(accountId)).toMatchObject({ revision: 7 });
  });

  test('are left as they are when permissions is not there to answer', async () => {
    const { accountId } = await directory.signIn();
    directory.others.on(describeMemberships, async (input) => {
      if (input.accountId !== directory.administratorId) throw new Failure('service.unavailable');
      return { administrator: true, groups: [] };
    });

    expect(await patch(accountId, { adminAttributes: { region: { value: 'eu' } } })).toMatchObject({
      status: 503,
      body: { code: 'service.unavailable' },
    });
    expect(await stored(accountId)).toMatchObject({ revision: 1, admin_attributes: {} });
  });

  test('are set also for an account that permissions has not heard of yet, and are pending there', async () => {
    const { accountId } = await directory.signIn();
    directory.others.on(describeMemberships, async (input) => {
      if (input.accountId !== directory.administratorId) throw new Failure('permissions.not_yet_applied');
      return { administrator: true, groups: [] };
    });
    directory.others.on(awaitAccountRevision, async () => ({ applied: false }));

    expect(await patch(accountId, { adminAttributes: { region: { value: 'eu' } } })).toMatchObject({
      status: 202,
      body: { revision: 2, groups: [], pending: ['permissions'] },
    });
  });

  test('changed by several at once are all kept', async () => {
    const { accountId } = await directory.signIn();
    const names = Array.from({ length: 20 }, (_, index) => `name${index}`);

    const answers = await Promise.all(
      names.map((name) => patch(accountId, { adminAttributes: { [name]: { value: name } } })),
    );

    expect(answers.map(({ status }) => status)).toEqual(names.map(() => 200));
    expect(Object.keys((await stored(accountId))?.admin_attributes as object).sort()).toEqual([...names].sort());
    expect((await announced(accountId)).map(({ revision }) => revision)).toEqual(
      Array.from({ length: 21 }, (_, index) => index + 1),
    );
  });

  test('and sign-ins at the same time lose nothing of each other', async () => {
    const { data } = aSignIn({ attributes: { account_id: 0 } });
    await apply(directory.service, [aSignIn(data)]);
    const versions = Array.from({ length: 10 }, (_, index) => index + 2);

    await Promise.all([
      ...versions.map((version) =>
        patch(data.accountId, { adminAttributes: { [`set${version}`]: { value: version, pinned: true } } }),
      ),
      (async () => {
        for (const claimsVersion of versions)
          await apply(directory.service, [
            aSignIn({ ...data, claimsVersion, attributes: { account_id: claimsVersion } }),
          ]);
      })(),
    ]);

    const last = (await announced(data.accountId)).at(-1);
    expect(last).toMatchObject({
      revision: 21,
      claimsVersion: 11,
      attributes: { account_id: { value: 11, source: 'token' } },
    });
    for (const version of versions)
      expect(last?.attributes[`set${version}`]).toEqual({ value: version, source: 'admin' });
  });

  test('leave the outbox for whoever listens', async () => {
    const { accountId } = await directory.signIn();
    await patch(accountId, { adminAttributes: { region: { value: 'eu' } } });

    await eventually(async () => {
      const rows = await directory.service.database.$queryRaw`select from outbox`;
      expect(rows).toHaveLength(0);
    });
  });
});

describe('a change that is refused', () => {
  test.each<[string, unknown]>([
    ['nothing', {}],
    ['no object', []],
    ['A-36: a revision', { revision: 7 }],
    ['A-36: a revision beside a good attribute', { adminAttributes: { region: { value: 'eu' } }, revision: 7 }],
    ['A-36: an id', { id: '5f7c0a0e-30f5-4c39-9df3-5b4f7cf0a001' }],
    ['A-36: an e-mail', { email: 'root@acme.example' }],
    ['A-36: token attributes', { tokenAttributes: { account_id: 5 } }],
    ['A-36: a first administrator', { firstAdministrator: true }],
    ['A-36: a source beside a value', { adminAttributes: { account_id: { value: 1, source: 'token' } } }],
    ['another status', { status: 'deleted' }],
    ['an attribute without a value', { adminAttributes: { account_id: {} } }],
    ['an attribute of null', { adminAttributes: { account_id: { value: null } } }],
    ['an attribute of an object', { adminAttributes: { account_id: { value: { not: -1 } } } }],
    ['an attribute of nested lists', { adminAttributes: { account_id: { value: [[1]] } } }],
    ['a value that cannot be stored', { adminAttributes: { account_id: { value: 'a\0b' } } }],
    ['a name that cannot be stored', { adminAttributes: { 'a\0b': { value: 1 } } }],
    ['a reserved name', { adminAttributes: { constructor: { value: 1 } } }],
    ['a bad one beside a good one', { adminAttributes: { region: { value: 'eu' }, account_id: { value: {} } } }],
    ['a good attribute beside a bad status', { adminAttributes: { region: { value: 'eu' } }, status: 'gone' }],
    [
      'too many',
      {
        adminAttributes: Object.fromEntries(Array.from({ length: 101 }, (_, index) => [`name${index}`, { value: 1 }])),
      },
    ],
    ['too much', { adminAttributes: { list: { value: Array.from({ length: 70 }, () => 'x'.repeat(1024)) } } }],
    [
      'too many, with a status',
      {
        status: 'deactivated',
        adminAttributes: Object.fromEntries(Array.from({ length: 101 }, (_, index) => [`name${index}`, { value: 1 }])),
      },
    ],
  ])('changes nothing: %s', async (_, body) => {
    const { accountId } = await directory.signIn();
    directory.others.takeAsked();

    const answer = await patch(accountId, body);

    expect({ status: answer.status, code: answer.body.code }).toEqual({ status: 400, code: 'request.invalid' });
    expect(answer.body.details.faults.length).toBeGreaterThan(0);
    expect(await stored(accountId)).toMatchObject({ revision: 1, status: 'active', admin_attributes: {} });
    expect(await announced(accountId)).toHaveLength(1);
    expect(directory.others.takeAsked().filter(({ name }) => name !== describeMemberships.name)).toEqual([]);
  });

  test('does not grow past the limit by small steps', async () => {
    const { accountId } = await directory.signIn();
    const some = (from: number) =>
      Object.fromEntries(Array.from({ length: 60 }, (_, index) => [`name${from + index}`, { value: 1 }]));

    expect(await patch(accountId, { adminAttributes: some(0) })).toMatchObject({ status: 200 });
    expect(await patch(accountId, { adminAttributes: some(60) })).toMatchObject({ status: 400 });
    expect(await stored(accountId)).toMatchObject({ revision: 2 });
  });
});
