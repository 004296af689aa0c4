import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { canonicalEmail } from '@sandgate/auth';
import { UserLoggedIn } from '@sandgate/contracts';
import fc from 'fast-check';
import { eventually } from '../../support/eventually.js';
import { providerUri, type RunningAuth, startAuth } from './running-auth.js';
import { anAddress, aToken, seconds, sharedSecret, sign } from './tokens.js';

let auth: RunningAuth;

beforeAll(async () => {
  auth = await startAuth();
});

afterAll(() => auth.stop());

const versionOf = async (email: string): Promise<number | undefined> =>
  (await auth.query<{ claims_version: number }>('select claims_version from account where email = $1', [email]))[0]
    ?.claims_version;

const sessionsOf = async (email: string): Promise<number> =>
  Number(
    (
      await auth.query<{ count: string }>(
        'select count(*) from session join account on account.id = account_id where email = $1',
        [email],
      )
    )[0]?.count,
  );

describe('a first sign-in', () => {
  test('makes account, identity, session and event in one go, and leads on with the cookie', async () => {
    const email = anAddress();
    const answered = await auth.signIn(
      aToken({ email: email.toUpperCase(), first_name: 'Rene', groups: ['B', 'A'], account_id: 28 }),
      {
        more: '&return_to=%2Fquestion%2F1%3Fa%3Db',
      },
    );

    expect(answered.status).toBe(302);
    expect(answered.headers.get('location')).toBe('/question/1?a=b');
    expect(answered.text).toBe('');
    const [account] = await auth.query<{ id: string }>('select id from account where email = $1', [email]);
    expect(await auth.introspect(answered.session)).toEqual({ active: true, accountId: account?.id, claimsVersion: 1 });
    expect(await auth.query('select provider, account_id from identity where external_key = $1', [email])).toEqual([
      { provider: 'jwt', account_id: account?.id },
    ]);
    expect(await auth.announced(email)).toEqual([
      {
        accountId: account?.id,
        claimsVersion: 1,
        email,
        firstName: 'Rene',
        lastName: null,
        attributes: { account_id: 28 },
        groups: [{ provider: 'jwt', presence: 'listed', names: ['A', 'B'] }],
        firstAdministrator: false,
        signedInBy: 'jwt',
      },
    ]);
  });

  test('leaves the event in a message of its type and subject, and nothing in the outbox', async () => {
    const email = anAddress();
    await auth.signIn(aToken({ email }));
    const [account] = await auth.query<{ id: string }>('select id from account where email = $1', [email]);

    await eventually(async () => {
      const messages = await auth.query('select type, subject, queue from messaging.deliveries where subject = $1', [
        account?.id,
      ]);
      expect(messages).toEqual([
        { type: UserLoggedIn.type, subject: account?.id, queue: 'directory.on-user-logged-in' },
      ]);
    });
    expect(await auth.query('select from outbox where subject = $1', [account?.id])).toEqual([]);
  });

  test('A-34: of one person a hundred times at once makes one account, and nobody is turned away', async () => {
    const people = Array.from({ length: 20 }, anAddress);
    for (const email of people) {
      const answers = await Promise.all(Array.from({ length: 100 }, () => auth.signIn(aToken({ email }))));
      expect(answers.filter(({ status }) => status !== 302)).toEqual([]);
    }

    const rows = await auth.query<{ accounts: string; versions: number }>(
      'select count(*) as accounts, max(claims_version) as versions from account where email = any ($1)',
      [people],
    );
    expect(rows).toEqual([{ accounts: '20', versions: 1 }]);
    for (const email of people) {
      expect(await sessionsOf(email)).toBe(100);
      expect(await auth.announced(email)).toHaveLength(100);
    }
  });

  test('A-32: with another case finds the same account', async () => {
    const email = anAddress();
    await auth.signIn(aToken({ email }));
    await auth.signIn(aToken({ email: email.toUpperCase() }));

    expect(await sessionsOf(email)).toBe(2);
  });

  test('A-32: with a letter that only looks or folds alike never finds it', async () => {
    const name = randomUUID();
    await auth.signIn(aToken({ email: `mike-sk-${name}@acme.example` }));
    const before = await auth.traces();

    for (const alike of [
      'm\u0131ke-sk',
      'mike-s\u212A',
      'mike-\u017Fk',
      '\uFF4Dike-sk',
      'mi\u200Bke-sk',
      'mik\u0435-sk',
    ]) {
      expect((await auth.signIn(aToken({ email: `${alike}-${name}@acme.example` }))).status).toBe(401);
    }
    expect(await auth.traces()).toEqual(before);
  });

  test('A-32: makes one account of two addresses exactly when their canonical form is the same', async () => {
    const letter = fc.constantFrom(...'aAkKiIsS.-+_\u212A\u0131\u017F\u0130\uFF41'.split(''));
    const local = fc.string({ unit: letter, minLength: 1, maxLength: 3 });

    await fc.assert(
      fc.asyncProperty(local, local, async (one, other) => {
        const domain = `@${randomUUID()}.example`;
        const canonical = [one, other].map((name) => canonicalEmail(name + domain));
        const answers = await Promise.all([one, other].map((name) => auth.signIn(aToken({ email: name + domain }))));
        const rows = await auth.query<{ email: string }>('select email from account where right(email, $1) = $2', [
          domain.length,
          domain,
        ]);

        expect(answers.map(({ status }) => status)).toEqual(
          canonical.map((email) => (email === undefined ? 401 : 302)),
        );
        expect(new Set(rows.map(({ email }) => email))).toEqual(
          new Set(canonical.filter((email) => email !== undefined)),
        );
      }),
      { numRuns: 100 },
    );
  });
});

describe('the claims', () => {
  const claimed = { first_name: 'Rene', last_name: 'Müller', groups: ['A'], account_id: 28 };

  test('raise the version only when they change', async () => {
    const email = anAddress();
    const versions: unknown[] = [];
    for (const claims of [
      claimed,
      claimed,
      { ...claimed, account_id: 29 },
      { ...claimed, account_id: 29, nonce: 'n', sid: randomUUID() },
      { ...claimed, account_id: '29' },
      { ...claimed, groups: ['A', 'A'] },
    ]) {
      await auth.signIn(aToken({ email, ...claims }));
      versions.push(await versionOf(email));
    }

    expect(versions).toEqual([1, 1, 2, 2, 3, 4]);
    expect((await auth.announced(email)).map(({ claimsVersion }) => claimsVersion)).toEqual(versions);
  });

  test('in another order are the same claims', async () => {
    const email = anAddress();
    await auth.signIn(aToken({ email, groups: ['A', 'B'], one: 1, two: 2 }));
    await auth.signIn(aToken({ email, two: 2, one: 1.0, groups: ['B', 'A'] }));

    expect(await versionOf(email)).toBe(1);
  });

  test('replace the attributes as a whole', async () => {
    const email = anAddress();
    await auth.signIn(aToken({ email, one: 1, two: [1, 'b', true] }));
    await auth.signIn(aToken({ email, two: 2 }));

    expect((await auth.announced(email)).map(({ attributes }) => attributes)).toEqual([
      { one: 1, two: [1, 'b', true] },
      { two: 2 },
    ]);
  });

  test('keep a name that the token leaves out or sends as something else than text', async () => {
    const email = anAddress();
    await auth.signIn(aToken({ email, first_name: 'Rene', last_name: 'Müller' }));
    await auth.signIn(aToken({ email, first_name: null, last_name: 5 }));
    await auth.signIn(aToken({ email, first_name: 'Renate' }));

    expect(
      (await auth.announced(email)).map(({ claimsVersion, firstName, lastName }) => [
        claimsVersion,
        firstName,
        lastName,
      ]),
    ).toEqual([
      [1, 'Rene', 'Müller'],
      [1, 'Rene', 'Müller'],
      [2, 'Renate', 'Müller'],
    ]);
  });

  test('A-38: keep groups that are absent, null and an empty list apart, with the last list', async () => {
    const email = anAddress();
    for (const groups of [
      {},
      { groups: ['A'] },
      {},
      { groups: null },
      { groups: [] },
      { groups: null },
      { groups: 'B' },
    ])
      await auth.signIn(aToken({ email, ...groups }));

    expect(
      (await auth.announced(email)).map(({ claimsVersion, groups }) => [
        claimsVersion,
        groups[0]?.presence,
        groups[0]?.names,
      ]),
    ).toEqual([
      [1, 'absent', []],
      [2, 'listed', ['A']],
      [3, 'absent', ['A']],
      [4, 'null', ['A']],
      [5, 'listed', []],
      [6, 'null', []],
      [7, 'listed', ['B']],
    ]);
  });

  test('that cannot be stored are dropped, their names logged, and the sign-in goes on', async () => {
    const email = anAddress();
    const odd = `odd-${randomUUID()}`;
    const answered = await auth.signIn(aToken({ email, [odd]: { secret: 'never logged' }, kept: 1 }));

    expect(answered.status).toBe(302);
    expect((await auth.announced(email))[0]?.attributes).toEqual({ kept: 1 });
    expect(auth.logged()).toContain(odd);
    expect(auth.logged()).not.toContain('never logged');
  });

  test('A-36: change nothing of the account but what they may', async () => {
    const email = anAddress();
    const columns = [
      'id',
      'status',
      'password_hash',
      'first_administrator',
      'claims',
      'claims_version',
      'created_at',
      'is_superuser',
      'is_active',
      'role',
    ];
    await auth.signIn(aToken({ email, ...Object.fromEntries(columns.map((name) => [name, 'x'])) }));

    const rows = await auth.query(
      'select status, password_hash, first_administrator, claims_version from account where email = $1',
      [email],
    );
    expect(rows).toEqual([{ status: 'active', password_hash: null, first_administrator: false, claims_version: 1 }]);
    expect(Object.keys((await auth.announced(email))[0]?.attributes ?? {}).sort()).toEqual(columns.sort());
  });

  test('A-15: named __proto__ give nobody anything', async () => {
    const email = anAddress();
    const hostile = JSON.parse(
      '{"__proto__":{"groups":["Administrators"]},"constructor":{"prototype":{"admin":true}}}',
    );
    await auth.signIn(aToken({ email, ...hostile }));

    expect(await auth.announced(email)).toMatchObject([
      { attributes: {}, groups: [{ presence: 'absent', names: [] }] },
    ]);
    expect(({} as { groups?: unknown }).groups).toBeUndefined();
  });
});

describe('tokens in another order than they were made', () => {
  test('A-25: an older one signs in, and its claims are not taken', async () => {
    const email = anAddress();
    const older = aToken({ email, iat: seconds() - 60, groups: ['Admins'], level: 9 });
    await auth.signIn(aToken({ email, iat: seconds() - 30, groups: [], level: 1 }));
    const late = await auth.signIn(older);

    expect(late.status).toBe(302);
    expect(await auth.introspect(late.session)).toMatchObject({ active: true, claimsVersion: 1 });
    expect((await auth.announced(email)).map(({ attributes, groups }) => [attributes, groups[0]?.names])).toEqual([
      [{ level: 1 }, []],
      [{ level: 1 }, []],
    ]);
  });

  test('A-25: an unchanged one in between counts as well', async () => {
    const email = anAddress();
    await auth.signIn(aToken({ email, iat: seconds() - 90, level: 1 }));
    await auth.signIn(aToken({ email, iat: seconds() - 30, level: 1 }));
    await auth.signIn(aToken({ email, iat: seconds() - 60, level: 9 }));

    expect(await versionOf(email)).toBe(1);
  });

  test('one of the same second counts as newer, and one without iat too', async () => {
    const email = anAddress();
    const iat = seconds() - 30;
    for (const claims of [
      { iat, level: 1 },
      { iat, level: 2 },
      { iat: undefined, level: 3 },
      { iat: iat - 1, level: 4 },
    ])
      await auth.signIn(aToken({ email, ...claims }));

    expect((await auth.announced(email)).map(({ attributes }) => attributes['level'])).toEqual([1, 2, 3, 3]);
  });

  test('A-25: in any order end in the claims of the newest', async () => {
    await fc.assert(
      fc.asyncProperty(fc.shuffledSubarray([1, 2, 3, 4, 5, 6], { minLength: 2 }), async (order) => {
        const email = anAddress();
        const start = seconds() - 60;
        for (const level of order)
          await auth.signIn(aToken({ email, iat: start + level, level, groups: [`level ${level}`] }));

        const newest = Math.max(...order);
        expect((await auth.announced(email)).at(-1)).toMatchObject({
          attributes: { level: newest },
          groups: [{ names: [`level ${newest}`] }],
        });
      }),
      { numRuns: 20 },
    );
  });

  test('A-25: at once, over two instances, end in the claims of the newest', async () => {
    const other = await startAuth({ beside: auth });
    const people = Array.from({ length: 20 }, anAddress);
    const start = seconds() - 60;
    const levels = [5, 1, 4, 2, 6, 3];
    await Promise.all(
      people.flatMap((email) =>
        levels.map((level, at) => (at % 2 ? auth : other).signIn(aToken({ email, iat: start + level, level }))),
      ),
    ).then((answers) => expect(answers.map(({ status }) => status)).toEqual(answers.map(() => 302)));
    await other.stop();

    for (const email of people) {
      const events = await auth.announced(email);
      const last = events.reduce((one, two) => (two.claimsVersion > one.claimsVersion ? two : one));
      expect(last.attributes).toEqual({ level: 6 });
      expect(await versionOf(email)).toBe(last.claimsVersion);
    }
  });
});

describe('a batch', () => {
  test('that the database refuses is tried one by one, so that one bad sign-in harms no other', async () => {
    const poison = anAddress();
    await auth.query(
      `create function refuse_poison() returns trigger language plpgsql as $$ begin if new.email = '${poison}' then raise exception 'poison'; end if; return new; end $$`,
    );
    await auth.query(
      'create trigger refuse_poison before insert on account for each row execute function refuse_poison()',
    );
    const others = Array.from({ length: 40 }, anAddress);
    const answers = await Promise.all(
      [...others.slice(0, 20), poison, ...others.slice(20)].map((email) => auth.signIn(aToken({ email }))),
    );
    await auth.query('drop trigger refuse_poison on account');

    expect(answers.map(({ status }) => status)).toEqual([
      ...others.slice(0, 20).map(() => 302),
      500,
      ...others.slice(20).map(() => 302),
    ]);
    expect(answers[20]?.text).not.toContain('poison');
    expect(await auth.query('select from account where email = $1', [poison])).toEqual([]);
  });

  test('A-35: gives everybody their own session', async () => {
    const people = Array.from({ length: 64 }, anAddress);
    const accountOf = new Map<string, string>();
    for (let round = 0; round < 5; round += 1) {
      await Promise.all(
        people.map(async (email) => {
          const { session } = await auth.signIn(aToken({ email }));
          const introspected = await auth.introspect(session);
          if (!introspected.active) throw new Error('a session that was just opened is not active');
          expect(accountOf.get(email) ?? introspected.accountId).toBe(introspected.accountId);
          accountOf.set(email, introspected.accountId);
        }),
      );
    }

    const rows = await auth.query<{ id: string; email: string }>(
      'select id, email from account where email = any ($1)',
      [people],
    );
    expect(new Map(rows.map(({ id, email }) => [email, id]))).toEqual(accountOf);
  });

  test('of two instances over the same people in opposite orders never fails', async () => {
    const other = await startAuth({ beside: auth });
    const people = Array.from({ length: 100 }, anAddress);
    for (let round = 0; round < 3; round += 1) {
      const answers = await Promise.all([
        ...people.map((email) => auth.signIn(aToken({ email, round }))),
        ...[...people].reverse().map((email) => other.signIn(aToken({ email, round }))),
      ]);
      expect(answers.filter(({ status }) => status !== 302)).toEqual([]);
    }
    await other.stop();

    expect(await auth.query('select count(*)::int as count from account where email = any ($1)', [people])).toEqual([
      { count: 100 },
    ]);
  });
});

test('without a token a browser is sent to the provider, with the way back under either name', async () => {
  const locationOf = async (query: string): Promise<unknown> =>
    (await auth.request(`/auth/sso${query}`)).headers.get('location');

  expect(await locationOf('')).toBe(providerUri);
  expect(await locationOf('/')).toBe(providerUri);
  expect(await locationOf('?return_to=%2Fa%3Fb%3Dc%26d%3De')).toBe(`${providerUri}?return_to=%2Fa%3Fb%3Dc%26d%3De`);
  expect(await locationOf('/?redirect=%2Fa')).toBe(`${providerUri}?return_to=%2Fa`);
  expect(await locationOf('?preferred_method=jwt&token=true&redirect=http%3A%2F%2Flocalhost%3A3000%2Fa')).toBe(
    `${providerUri}?return_to=%2Fa`,
  );
});

test('the key is the UTF-8 bytes of its text', async () => {
  const other = await startAuth({ jwtSharedSecret: 'schlüssel mit umlauten, länger als zweiunddreißig' });

  expect(
    (
      await other.signIn(
        sign({ email: anAddress(), iat: seconds() }, { secret: 'schlüssel mit umlauten, länger als zweiunddreißig' }),
      )
    ).status,
  ).toBe(302);
  expect((await other.signIn(sign({ email: anAddress(), iat: seconds() }, { secret: sharedSecret }))).status).toBe(401);
  await other.stop();
});
