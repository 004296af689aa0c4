import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { createPasswordAccount, describeMemberships, Failure } from '@sandgate/contracts';
import fc from 'fast-check';
import { eventually } from '../../support/eventually.js';
import { announcedOf, type RunningDirectory, startDirectory } from './running-directory.js';
import { apply, aSignIn, type SignIn } from './sign-ins.js';

let directory: RunningDirectory;

beforeAll(async () => {
  directory = await startDirectory();
});

afterAll(() => directory.stop());

const memberships = (groups: { id: number; name: string; sources: string[] }[] = []) =>
  directory.others.on(describeMemberships, async ({ accountId }) => ({
    administrator: accountId === directory.administratorId,
    groups,
  }));

describe('the list of accounts', () => {
  const emails = [
    'anna@acme.example',
    'bo_b@acme.example',
    'boxb@acme.example',
    'rita@globex.example',
    'z100%@globex.example',
    String.raw`back\slash@globex.example`,
  ];
  /** Of this test alone, whatever other accounts there are. */
  const found = async (search: string, more = ''): Promise<string[]> => {
    const { body } = await directory.asAdministrator(
      'GET',
      `/api/accounts?search=${encodeURIComponent(search)}${more}`,
    );
    return body.data.map((account: { email: string }) => account.email);
  };

  beforeAll(async () => {
    const names: Record<string, [string | null, string | null]> = {
      'anna@acme.example': ['Anna', 'Van Der Berg'],
      'rita@globex.example': ['Rita', null],
    };
    const people = emails.map((email) =>
      aSignIn({
        email,
        firstName: names[email]?.[0] ?? null,
        lastName: names[email]?.[1] ?? null,
        signedInBy: 'jwt',
      }),
    );
    await apply(directory.service, people.reverse());
  });

  test('is in the order of e-mails, page by page, with the number of all', async () => {
    const all = (await directory.asAdministrator('GET', '/api/accounts')).body;
    const page = (await directory.asAdministrator('GET', '/api/accounts?limit=2&offset=1')).body;

    expect(all.total).toBe(all.data.length);
    expect(all.data.map(({ email }: { email: string }) => email)).toEqual([...emails].sort());
    expect(page).toEqual({ data: all.data.slice(1, 3), total: all.total });
    expect((await directory.asAdministrator('GET', '/api/accounts?offset=1000')).body).toEqual({
      data: [],
      total: all.total,
    });
  });

  test('shows an account without its attributes and groups', async () => {
    const { body } = await directory.asAdministrator('GET', '/api/accounts?search=rita');

    expect(body).toEqual({
      data: [
        {
          id: expect.any(String),
          email: 'rita@globex.example',
          firstName: 'Rita',
          lastName: null,
          status: 'active',
          revision: 1,
          createdAt: expect.any(String),
          lastSignInAt: '2026-11-02T08:00:00.000Z',
        },
      ],
      total: 1,
    });
  });

  test.each([
    ['part of an e-mail', 'nna@ac', ['anna@acme.example']],
    ['an e-mail in another case', 'ANNA@Acme', ['anna@acme.example']],
    ['a first name', 'rITa', ['rita@globex.example']],
    ['a last name', 'der berg', ['anna@acme.example']],
    ['first and last name', 'anna van', ['anna@acme.example']],
    ['nobody', 'nobody', []],
  ])('finds by %s', async (_, search, expected) => {
    expect(await found(search)).toEqual(expected);
  });

  test.each([
    ['_', ['bo_b@acme.example']],
    ['o_b', ['bo_b@acme.example']],
    ['%', ['z100%@globex.example']],
    ['\\', [String.raw`back\slash@globex.example`]],
    ['\\%', []],
    ["' or true --", []],
    ['$1', []],
    ['mıke', []],
    ['ａnna', []],
  ])('A-32, A-58: takes %j for text, not for a pattern or SQL', async (search, expected) => {
    expect(await found(search)).toEqual(expected);
  });

  test('A-32: finds exactly what contains the text, whatever the text', async () => {
    const folded = [...emails, 'anna van der berg', 'rita'].map((text) => text.toLowerCase());
    await fc.assert(
      fc.asyncProperty(
        fc.string({ unit: fc.constantFrom(...'aB_%\\@.1 r'), minLength: 1, maxLength: 4 }),
        async (search) => {
          const expected = folded.some((text) => text.includes(search.toLowerCase()));
          expect((await found(search)).length > 0).toBe(expected);
        },
      ),
      { numRuns: 80 },
    );
  });

  test('keeps to a status when told', async () => {
    const { body } = await directory.asAdministrator('GET', '/api/accounts?status=deactivated');
    expect(body).toEqual({ data: [], total: 0 });
    expect(await found('rita', '&status=active')).toEqual(['rita@globex.example']);
  });

  test.each([
    `search=${encodeURIComponent('\0')}`,
    `search=${'x'.repeat(256)}`,
    'search=a&search=b',
    'status=gone',
    'limit=2001',
    'limit=0',
    'limit=-1',
    'offset=1e3',
    'order=email',
  ])('refuses %s', async (query) => {
    const { status, body } = await directory.asAdministrator('GET', `/api/accounts?${query}`);
    expect({ status, code: body.code }).toEqual({ status: 400, code: 'request.invalid' });
  });
});

describe('an account', () => {
  test('is shown with what counts, what each source says, and its groups as they follow from these claims', async () => {
    const { data } = aSignIn({ claimsVersion: 3, attributes: { account_id: 28, region: 'eu' } });
    await apply(directory.service, [aSignIn(data)]);
    await directory.asAdministrator('PATCH', `/api/accounts/${data.accountId}`, {
      adminAttributes: { account_id: { value: 41, pinned: true }, region: { value: 'us' }, seats: { value: [1, 2] } },
    });
    memberships([{ id: 4, name: 'Customer Acme', sources: ['jwt', 'manual'] }]);
    directory.others.takeAsked();

    const { status, body } = await directory.asAdministrator('GET', `/api/accounts/${data.accountId.toUpperCase()}`);

    expect(status).toBe(200);
    expect(body).toMatchObject({
      id: data.accountId,
      revision: 2,
      attributes: {
        account_id: { value: 41, source: 'admin' },
        region: { value: 'eu', source: 'token' },
        seats: { value: [1, 2], source: 'admin' },
      },
      tokenAttributes: { account_id: 28, region: 'eu' },
      adminAttributes: {
        account_id: { value: 41, pinned: true },
        region: { value: 'us', pinned: false },
        seats: { value: [1, 2], pinned: false },
      },
      groups: [{ id: 4, name: 'Customer Acme', sources: ['jwt', 'manual'] }],
    });
    expect(directory.others.takeAsked()).toEqual([
      { name: 'permissions.describe-memberships', input: { accountId: data.accountId, claimsVersion: 3 } },
    ]);
  });

  test('that does not exist is not found', async () => {
    for (const method of ['GET', 'PATCH']) {
      const { status, body } = await directory.asAdministrator(
        method,
        `/api/accounts/${randomUUID()}`,
        method === 'PATCH' ? { status: 'active' } : undefined,
      );
      expect({ status, code: body.code }).toEqual({ status: 404, code: 'directory.account_not_found' });
    }
  });

  test('has an id that is a uuid', async () => {
    expect(await directory.asAdministrator('GET', '/api/accounts/1')).toMatchObject({
      status: 400,
      body: { code: 'request.invalid' },
    });
  });

  test.each(['permissions.not_yet_applied', 'service.unavailable'] as const)(
    'is not shown with groups that are only guessed: %s',
    async (code) => {
      const { accountId } = await directory.signIn();
      directory.others.on(describeMemberships, async (input) => {
        if (input.accountId !== directory.administratorId) throw new Failure(code);
        return { administrator: true, groups: [] };
      });

      const { status, headers, body } = await directory.asAdministrator('GET', `/api/accounts/${accountId}`);

      expect({ status, retry: headers.get('retry-after'), code: body.code }).toEqual({ status: 503, retry: '1', code });
      memberships();
    },
  );
});

test('sign-ins that arrive as messages become accounts, and announcements that leave the outbox', async () => {
  const signIns = Array.from({ length: 300 }, () => aSignIn());
  const newer = aSignIn({ ...(signIns[0] as SignIn).data, claimsVersion: 2, attributes: { account_id: 5 } });

  await directory.deliver([newer, ...signIns]);

  for (const { data } of signIns) {
    await eventually(async () => {
      const news = await announcedOf(directory.service.database, data.accountId);
      expect(news.at(-1)).toMatchObject({ claimsVersion: data.accountId === newer.data.accountId ? 2 : 1 });
    });
  }
  await eventually(async () => expect(await directory.service.database.$queryRaw`select from outbox`).toEqual([]));
});

describe('the signed-in account', () => {
  const current = (accountId: string, claimsVersion = 1) =>
    directory.request('GET', '/api/user/current', { as: { accountId, claimsVersion } });

  test('is shown with the values that count and the groups', async () => {
    memberships([{ id: 4, name: 'Customer Acme', sources: ['jwt'] }]);
    const { accountId, email } = await directory.signIn({ attributes: { account_id: 28 } });
    await directory.asAdministrator('PATCH', `/api/accounts/${accountId}`, {
      adminAttributes: { account_id: { value: 41, pinned: true } },
    });

    expect(await current(accountId)).toMatchObject({
      status: 200,
      body: {
        id: accountId,
        email,
        firstName: 'Anna',
        lastName: 'Berg',
        status: 'active',
        attributes: { account_id: 41 },
        groups: [{ id: 4, name: 'Customer Acme' }],
        administrator: false,
      },
    });
  });

  test('is shown under the names that an SDK reads, too', async () => {
    memberships([{ id: 4, name: 'Customer Acme', sources: ['jwt'] }]);
    const { accountId } = await directory.signIn({ attributes: { account_id: 28 } });
    const nameless = await directory.signIn({ firstName: null, lastName: null });

    expect((await current(accountId)).body).toMatchObject({
      first_name: 'Anna',
      last_name: 'Berg',
      common_name: 'Anna Berg',
      is_superuser: false,
      is_active: true,
      group_ids: [4],
      login_attributes: { account_id: 28 },
    });
    expect((await current(nameless.accountId)).body.common_name).toBe(nameless.email);
  });

  test('is as new as the sign-in: the answer waits for it', async () => {
    const { data } = aSignIn({ attributes: { account_id: 28 } });
    await apply(directory.service, [aSignIn(data)]);

    let isAnswered = false;
    const answer = current(data.accountId, 2).finally(() => {
      isAnswered = true;
    });
    await eventually(() => expect(directory.others.takeAsked()).toHaveLength(1));
    expect(isAnswered).toBe(false);
    await apply(directory.service, [aSignIn({ ...data, claimsVersion: 2, attributes: { account_id: 5 } })]);

    expect(await answer).toMatchObject({ status: 200, body: { attributes: { account_id: 5 } } });
  });

  test('is never an older one: in the end the answer is 503', async () => {
    const { accountId } = await directory.signIn();

    for (const [id, claimsVersion] of [
      [accountId, 2],
      [randomUUID(), 1],
    ] as const) {
      const { status, headers, body } = await current(id, claimsVersion);
      expect({ status, retry: headers.get('retry-after'), code: body.code }).toEqual({
        status: 503,
        retry: '1',
        code: 'directory.account_not_yet_applied',
      });
    }
  });

  test('is not shown while permissions has not applied the sign-in', async () => {
    const { accountId } = await directory.signIn();
    directory.others.on(describeMemberships, async () => {
      throw new Failure('permissions.not_yet_applied');
    });

    expect(await current(accountId)).toMatchObject({ status: 503, body: { code: 'permissions.not_yet_applied' } });
    memberships();
  });
});

describe('A-71: who may use what', () => {
  const requests = [
    { method: 'GET', path: '/api/accounts', needs: 'administrator' },
    { method: 'POST', path: '/api/accounts', needs: 'administrator', body: { email: 'grace@acme.example' } },
    { method: 'GET', path: '/api/accounts/{id}', needs: 'administrator' },
    {
      method: 'PATCH',
      path: '/api/accounts/{id}',
      needs: 'administrator',
      body: { adminAttributes: { account_id: { value: 1 } } },
    },
    { method: 'GET', path: '/api/user/current', needs: 'person' },
    { method: 'GET', path: '/api/records', needs: 'administrator' },
    { method: 'GET', path: '/api/attribute-settings', needs: 'administrator' },
    { method: 'PUT', path: '/api/attribute-settings', needs: 'administrator', body: { private: [] } },
  ] as const;

  test('every route is in the table', () => {
    const routes = directory.service.routes.map(
      ({ endpoint }) => `${endpoint.method.toUpperCase()} ${endpoint.path} ${endpoint.access}`,
    );
    expect(routes.sort()).toEqual(requests.map(({ method, path, needs }) => `${method} ${path} ${needs}`).sort());
  });

  test.each(requests)('$method $path is for a $needs', async ({ method, path, needs, ...more }) => {
    const own = await directory.signIn();
    const other = await directory.signIn();
    const ask = (id: string, as?: { accountId: string }) =>
      directory.request(method, path.replace('{id}', id), { as, ...more });
    await directory.signIn({ accountId: directory.administratorId });
    directory.others.on(createPasswordAccount, async ({ email }) => ({
      accountId: randomUUID(),
      email,
      link: { url: 'http://localhost:3000/reset-password#token=x', expiresAt: new Date().toISOString() },
    }));

    expect(await ask(own.accountId)).toMatchObject({ status: 401, body: { code: 'auth.session_required' } });
    for (const id of [own.accountId, other.accountId]) {
      const { status, body } = await ask(id, own);
      expect({ status, code: body.code }).toEqual(
        needs === 'person' ? { status: 200, code: undefined } : { status: 403, code: 'auth.administrator_required' },
      );
    }
    expect(await ask(own.accountId, { accountId: directory.administratorId })).toMatchObject({
      status: method === 'POST' ? 201 : 200,
    });
  });
});
