import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import {
  awaitAccountRevision,
  type Decision,
  decide,
  describeMemberships,
  Failure,
  hasAppliedCatalogue,
  reserveDeactivation,
} from '@sandgate/contracts';
import {
  aCatalogue,
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

beforeAll(async () => {
  permissions = await startPermissions();
  twin = await permissions.anotherInstance();
});

afterAll(() => permissions.stop());

const put = (entries: unknown[]) => permissions.asAdministrator('PUT', '/api/data-permissions', { entries });

/** Somebody in a group with a sandbox on the invoices. */
const aSandboxedPerson = async (parts: Parameters<typeof anAccount>[0] = { attributes: { account_id: 28 } }) => {
  const account = anAccount(parts);
  await permissions.apply(account);
  const group = await aGroup(permissions, { rule: ownInvoices, members: [account.accountId] });
  return { account, accountId: account.accountId, groupId: group.id, sandboxId: group.sandboxId };
};

const only = (value: string) => ({
  access: 'sandboxed',
  filter: { op: '=', column: { name: 'account_id', type: 'integer' }, value },
});
const withAccountId = (value: number) => ({ account_id: { value, source: 'token' as const } });

describe('a decision', () => {
  test.each<[string, Record<string, unknown>, Partial<Decision>]>([
    ['28', { account_id: 28 }, only('28') as Decision],
    ['"28"', { account_id: '28' }, only('28') as Decision],
    ['a list', { account_id: [28, '41'] }, { access: 'sandboxed' }],
    [
      'nothing',
      {},
      { access: 'denied', reason: 'permissions.attribute_missing', attributes: ['account_id'], columns: [] },
    ],
    [
      '""',
      { account_id: '' },
      { access: 'denied', reason: 'permissions.attribute_missing', attributes: ['account_id'], columns: [] },
    ],
    [
      '[]',
      { account_id: [] },
      { access: 'denied', reason: 'permissions.attribute_missing', attributes: ['account_id'], columns: [] },
    ],
    [
      '"28abc"',
      { account_id: '28abc' },
      { access: 'denied', reason: 'permissions.attribute_mistyped', attributes: ['account_id'], columns: [] },
    ],
    [
      '28.5',
      { account_id: 28.5 },
      { access: 'denied', reason: 'permissions.attribute_mistyped', attributes: ['account_id'], columns: [] },
    ],
    [
      'true',
      { account_id: true },
      { access: 'denied', reason: 'permissions.attribute_mistyped', attributes: ['account_id'], columns: [] },
    ],
  ])('A-53, A-56: for an attribute of %s', async (_what, attributes, expected) => {
    const { accountId } = await aSandboxedPerson({ attributes });

    expect(await permissions.decide(accountId)).toMatchObject(expected);
  });

  test('is given for all tables of the catalogue, or for those that are named, in their order', async () => {
    const { accountId } = await aSandboxedPerson();

    const all = await permissions.ask(decide, { accountId, claimsVersion: 1 });
    const named = await permissions.ask(decide, { accountId, claimsVersion: 1, tableIds: [99, 3, 1] });

    expect(all.decisions.map(({ tableId, decision }) => [tableId, decision.access])).toEqual([
      [1, 'sandboxed'],
      [2, 'denied'],
      [3, 'denied'],
    ]);
    expect(
      named.decisions.map(({ tableId, decision }) => [
        tableId,
        decision.access,
        decision.access === 'denied' && decision.reason,
      ]),
    ).toEqual([
      [99, 'denied', 'permissions.table_unknown'],
      [3, 'denied', 'permissions.table_denied'],
      [1, 'sandboxed', false],
    ]);
  });

  test.each<[string, (person: Awaited<ReturnType<typeof aSandboxedPerson>>) => Promise<unknown>, Partial<Decision>]>([
    [
      'attributes',
      ({ account }) => permissions.apply({ ...account, revision: 2, attributes: withAccountId(41) }),
      only('41') as Decision,
    ],
    [
      'an attribute that is gone',
      ({ account }) => permissions.apply({ ...account, revision: 2, attributes: {} }),
      { access: 'denied' },
    ],
    [
      'a membership taken back',
      ({ groupId, accountId }) => permissions.asAdministrator('DELETE', `/api/groups/${groupId}/members/${accountId}`),
      { access: 'denied' },
    ],
    [
      'a group deleted',
      ({ groupId }) => permissions.asAdministrator('DELETE', `/api/groups/${groupId}`),
      { access: 'denied' },
    ],
    [
      'a sandbox changed',
      ({ sandboxId }) =>
        permissions.asAdministrator('PATCH', `/api/sandboxes/${sandboxId}`, {
          rule: { column: 'account_id', operator: '=', value: { constant: 7 } },
        }),
      only('7') as Decision,
    ],
    [
      'a sandbox deleted',
      ({ sandboxId }) => permissions.asAdministrator('DELETE', `/api/sandboxes/${sandboxId}`),
      { access: 'denied' },
    ],
    [
      'an entry',
      ({ groupId }) => put([{ groupId, databaseId: 1, tableId: 1, access: 'unrestricted' }]),
      { access: 'unrestricted' },
    ],
    [
      'another group',
      ({ accountId }) => aGroup(permissions, { access: 'unrestricted', members: [accountId] }),
      { access: 'unrestricted' },
    ],
    [
      'Administrators',
      ({ accountId }) => permissions.asAdministrator('PUT', `/api/groups/2/members/${accountId}`),
      { access: 'unrestricted' },
    ],
    [
      'a status',
      ({ account }) => permissions.apply({ ...account, revision: 2, status: 'deactivated' }),
      { access: 'denied', reason: 'permissions.account_deactivated' } as Decision,
    ],
    [
      'a reservation',
      ({ accountId }) => permissions.ask(reserveDeactivation, { accountId, released: false }),
      { access: 'denied', reason: 'permissions.account_deactivated' } as Decision,
    ],
  ])(
    'A-72: is as new as the change that was answered, on each instance, whatever it has in memory: %s',
    async (_what, change, expected) => {
      const person = await aSandboxedPerson();
      const before = await Promise.all([permissions.decide(person.accountId), twin.decide(person.accountId)]);

      await change(person);
      const after = await Promise.all([permissions.decide(person.accountId), twin.decide(person.accountId)]);

      expect(before).toEqual([only('28'), only('28')]);
      expect(after[0]).toMatchObject(expected);
      expect(after[1]).toEqual(after[0]);
    },
  );

  test('A-72: under changes of all kinds by many, is never older than what was answered before it began', async () => {
    const account = anAccount({ attributes: { account_id: 0 } });
    const { accountId } = account;
    await permissions.apply(account);
    const { id: groupId, sandboxId } = await aGroup(permissions, { rule: ownInvoices, members: [accountId] });
    let acknowledged = 0;
    let isOver = false;
    const seen: number[] = [];

    const watch = async (instance: Instance): Promise<void> => {
      while (!isOver) {
        const known = acknowledged;
        const decision = await instance.decide(accountId);
        const value =
          decision.access === 'sandboxed' && decision.filter.op === '=' ? Number(decision.filter.value) : -1;
        if (value < known) throw new Error(`decided by ${value} when ${known} was in force`);
        seen.push(value);
      }
    };
    const watchers = [permissions, twin, permissions, twin].map(watch);
    for (let value = 1; value <= 60; value += 1) {
      // By turns the attribute and a constant in its place.
      if (value % 2 === 0)
        await twin.apply({ ...account, revision: value, claimsVersion: value, attributes: withAccountId(value) });
      const operand = value % 2 === 0 ? { attribute: 'account_id' } : { constant: value };
      await permissions.asAdministrator('PATCH', `/api/sandboxes/${sandboxId}`, {
        rule: { column: 'account_id', operator: '=', value: operand },
      });
      acknowledged = value;
      await put([{ groupId, databaseId: 1, tableId: 2, access: value % 3 === 0 ? 'none' : 'unrestricted' }]);
    }
    isOver = true;
    await Promise.all(watchers);

    expect(seen.at(-1)).toBe(60);
    expect(new Set(seen).size).toBeGreaterThan(20);
  });
});

describe('a deactivated account', () => {
  test('is denied everything, and is no administrator, until it is reactivated', async () => {
    const { account, accountId } = await aSandboxedPerson();
    await permissions.asAdministrator('PUT', `/api/groups/2/members/${accountId}`);
    await permissions.apply({ ...account, revision: 2, status: 'deactivated' });
    const all = await permissions.ask(decide, { accountId, claimsVersion: 1 });
    const memberships = await permissions.ask(describeMemberships, { accountId, claimsVersion: 1 });
    await permissions.apply({ ...account, revision: 3 });

    expect(all.decisions.map(({ decision }) => decision.access === 'denied' && decision.reason)).toEqual(
      all.decisions.map(() => 'permissions.account_deactivated'),
    );
    expect(all.decisions).toHaveLength(3);
    expect(memberships.administrator).toBe(false);
    expect(await permissions.decide(accountId)).toEqual({ access: 'unrestricted' });
  });

  test('counts as one from the reservation on, whatever events are on their way, until it is released', async () => {
    const { account, accountId } = await aSandboxedPerson();
    const reasons: unknown[] = [];
    const note = async () => {
      const decision = await permissions.decide(accountId);
      reasons.push(decision.access === 'denied' ? decision.reason : decision.access);
    };

    await permissions.ask(reserveDeactivation, { accountId, released: false });
    await note();
    // A sign-in from before the reservation arrives, then the deactivation.
    await permissions.apply({ ...account, revision: 2 });
    await note();
    await permissions.apply({ ...account, revision: 3, status: 'deactivated' });
    await note();
    await permissions.ask(reserveDeactivation, { accountId, released: true });
    await note();
    await permissions.apply({ ...account, revision: 4 });
    await note();

    const deactivated = 'permissions.account_deactivated';
    expect(reasons).toEqual([deactivated, deactivated, deactivated, deactivated, 'sandboxed']);
  });

  test('may be reserved before anything is known of it', async () => {
    const account = anAccount();
    await put([{ groupId: 1, databaseId: 1, tableId: 3, access: 'unrestricted' }]);

    await permissions.ask(reserveDeactivation, { accountId: account.accountId, released: false });
    await permissions.apply(account);
    const reserved = await permissions.decide(account.accountId, 3);
    await permissions.ask(reserveDeactivation, { accountId: account.accountId, released: true });
    const released = await permissions.decide(account.accountId, 3);
    await put([{ groupId: 1, databaseId: 1, tableId: 3, access: 'none' }]);

    expect(reserved).toMatchObject({ reason: 'permissions.account_deactivated' });
    expect(released).toEqual({ access: 'unrestricted' });
  });
});

describe('a sign-in that is on its way', () => {
  const late = new Failure('permissions.not_yet_applied');

  test.each<[string, () => Instance]>([
    ['by the same instance', () => permissions],
    ['by another instance', () => twin],
  ])('is waited for, and its attributes count once it is applied %s', async (_what, applying) => {
    const { account, accountId } = await aSandboxedPerson();
    await permissions.decide(accountId);

    const waiting = permissions.decide(accountId, 1, 2);
    const memberships = permissions.ask(describeMemberships, { accountId, claimsVersion: 2 });
    await new Promise((resolve) => setImmediate(resolve));
    await applying().apply({ ...account, revision: 2, claimsVersion: 2, attributes: withAccountId(41) });

    expect(await waiting).toEqual(only('41'));
    expect((await memberships).groups).toHaveLength(2);
  });

  test('of an account that is not known yet is waited for as well', async () => {
    const account = anAccount({ attributes: { account_id: 28 }, groups: claims(['Acme']) as never });

    const waiting = permissions.ask(decide, { accountId: account.accountId, claimsVersion: 1 });
    await new Promise((resolve) => setImmediate(resolve));
    await twin.apply(account);

    expect((await waiting).decisions).toHaveLength(3);
  });

  test('is not waited for longer than two seconds: then there is no decision, and nothing older in its place', async () => {
    const { accountId } = await aSandboxedPerson();
    await permissions.decide(accountId);
    const started = performance.now();

    const outcomes = await Promise.allSettled([
      permissions.decide(accountId, 1, 2),
      permissions.ask(decide, { accountId: randomUUID(), claimsVersion: 1 }),
      permissions.ask(describeMemberships, { accountId, claimsVersion: 7 }),
      permissions.ask(awaitAccountRevision, { accountId, revision: 2 }),
    ]);

    expect(outcomes).toEqual([
      ...Array.from({ length: 3 }, () => ({ status: 'rejected', reason: late })),
      { status: 'fulfilled', value: { applied: false } },
    ]);
    expect(performance.now() - started).toBeGreaterThanOrEqual(1990);
    // An older sign-in is still answered.
    expect(await permissions.decide(accountId)).toEqual(only('28'));
  });

  test('needs no wait once it is there: by claims version, by revision', async () => {
    const { accountId } = await aSandboxedPerson(anAccountWith(5));

    expect(await permissions.decide(accountId, 1, 4)).toEqual(only('28'));
    expect(await permissions.ask(awaitAccountRevision, { accountId, revision: 5 })).toEqual({ applied: true });
  });

  test('by revision is waited for, on another instance too', async () => {
    const { account, accountId } = await aSandboxedPerson();

    const waiting = twin.ask(awaitAccountRevision, { accountId, revision: 2 });
    await permissions.apply({ ...account, revision: 2 });

    expect(await waiting).toEqual({ applied: true });
  });

  const anAccountWith = (revision: number) => ({ revision, claimsVersion: revision, attributes: { account_id: 28 } });
});

describe('an explanation', () => {
  test('names the groups with their sources, what each grants and by what, rules and attributes, and the versions it rests on', async () => {
    const { id: mappedId } = await aGroup(permissions, { name: `Mapped ${randomUUID()}` });
    await permissions.asAdministrator('PUT', '/api/group-sync/jwt', {
      enabled: true,
      mappings: { Mapped: [mappedId] },
    });
    const region = {
      through: { columns: ['account_id'], tableId: 2 },
      rule: { column: 'region', operator: '=', value: { attribute: 'region' } },
    };
    const { accountId, groupId, sandboxId } = await aSandboxedPerson({
      attributes: { account_id: 28 },
      groups: claims(['Mapped']) as never,
    });
    await put([{ groupId: mappedId, databaseId: 1, access: 'none' }]);
    const other = await aGroup(permissions, { rule: region, members: [accountId] });
    const group = (id: number, sources: string[]) => ({ id, name: expect.any(String), sources });

    const { status, body } = await permissions.asAdministrator(
      'GET',
      `/api/decisions?accountId=${accountId}&tableId=1`,
    );

    expect(status).toBe(200);
    expect(body).toEqual({
      accountId,
      tableId: 1,
      ...only('28'),
      attributes: [],
      columns: [],
      claimsVersion: 1,
      accountRevision: 1,
      policyRevision: expect.any(Number),
      because: [
        { group: { id: 1, name: 'All Users', sources: ['automatic'] }, access: 'none', by: 'no entry' },
        { group: group(mappedId, ['jwt']), access: 'none', by: 'database' },
        {
          group: group(groupId, ['manual']),
          access: 'sandboxed',
          by: 'table',
          sandbox: { id: sandboxId, rule: ownInvoices, attributesUsed: [{ name: 'account_id', source: 'token' }] },
        },
        {
          group: group(other.id, ['manual']),
          access: 'sandboxed',
          by: 'table',
          sandbox: {
            id: other.sandboxId,
            rule: region,
            attributesUsed: [{ name: 'region', source: 'missing' }],
            unresolvable: 'permissions.attribute_missing',
          },
        },
      ],
    });
  });

  test('of a denial says why, and never a value of an attribute', async () => {
    const { accountId } = await aSandboxedPerson({ attributes: { account_id: 'secret value' } });

    const { body } = await permissions.asAdministrator('GET', `/api/decisions?accountId=${accountId}&tableId=1`);

    expect(body).toMatchObject({
      access: 'denied',
      reason: 'permissions.attribute_mistyped',
      attributes: ['account_id'],
    });
    expect(JSON.stringify(body)).not.toContain('secret value');
  });

  test('is the decision itself, for an administrator, a deactivated account, an unknown table', async () => {
    const { account, accountId } = await aSandboxedPerson();
    const explain = async (id: string, tableId: number) =>
      (await permissions.asAdministrator('GET', `/api/decisions?accountId=${id}&tableId=${tableId}`)).body;
    const administrator = await explain(permissions.administratorId, 1);
    const unknown = await explain(accountId, 99);
    await permissions.apply({ ...account, revision: 2, status: 'deactivated' });

    expect(administrator).toMatchObject({
      access: 'unrestricted',
      because: [{}, { access: 'unrestricted', by: 'administrators' }],
    });
    expect(unknown).toMatchObject({ access: 'denied', reason: 'permissions.table_unknown', because: [] });
    expect(await explain(accountId, 1)).toMatchObject({
      access: 'denied',
      reason: 'permissions.account_deactivated',
      because: [{}, { access: 'sandboxed' }],
    });
  });

  test('needs an account that exists', async () => {
    expect(
      await permissions.asAdministrator('GET', `/api/decisions?accountId=${randomUUID()}&tableId=1`),
    ).toMatchObject({ status: 404, body: { code: 'permissions.account_not_found' } });
  });
});

describe('the catalogue', () => {
  test('says which revisions of which databases are applied', async () => {
    const has = async (databases: { id: number; revision: number }[]) =>
      (await permissions.ask(hasAppliedCatalogue, { databases })).applied;

    await permissions.applyCatalogue({ ...aCatalogue([], 3), database: { id: 5, name: 'Other', tables: [] } });

    expect([
      await has([]),
      await has([
        { id: 5, revision: 3 },
        { id: 1, revision: 1 },
      ]),
      await has([{ id: 5, revision: 4 }]),
      await has([{ id: 6, revision: 1 }]),
    ]).toEqual([true, true, false, false]);
  });
});

test('the service is ready when its database answers and its messages flow', async () => {
  expect(await permissions.request('GET', '/api/health/ready')).toMatchObject({
    status: 200,
    body: { ready: true, checks: { 'permissions.database': { ready: true }, 'permissions.messages': { ready: true } } },
  });
});
