import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from '@jest/globals';
import { whileWritesLinger } from './linger.js';
import { type Answered, administrator, type RunningAuth, startAuth } from './running-auth.js';
import { anAddress, aToken, seconds } from './tokens.js';

let auth: RunningAuth;

beforeAll(async () => {
  auth = await startAuth();
});

afterAll(() => auth.stop());

beforeEach(() => trust('jwt', []));

const trust = (provider: string, domains: readonly string[]): Promise<unknown> =>
  auth.query(
    'insert into provider (name, trusted_domains) values ($1, $2) on conflict (name) do update set trusted_domains = $2',
    [provider, domains],
  );

const accountOf = async ({ session }: Answered): Promise<string> => {
  const introspected = await auth.introspect(session);
  if (!introspected.active) throw new Error('the sign-in was refused');
  return introspected.accountId;
};
const emailOf = async (account: string): Promise<unknown> =>
  (await auth.query('select email from account where id = $1', [account]))[0]?.['email'];
const identitiesOf = (account: string): Promise<unknown> =>
  auth.query('select provider, kind, external_key as key from identity where account_id = $1', [account]);

/** Refused by the one answer, for this reason in the log, without a trace. */
const expectRefusal = async (token: string, reason: string): Promise<void> => {
  const before = await auth.traces();
  const logged = auth.logged().length;
  const answered = await auth.signIn(token);

  expect(answered.status).toBe(401);
  expect(answered.text).not.toContain(reason);
  expect(auth.logged().slice(logged)).toContain(reason);
  expect(await auth.traces()).toEqual(before);
};

describe('a person whom the provider names by sub', () => {
  test('A-30: is that person whatever e-mail the token has', async () => {
    const [a, b] = [randomUUID(), randomUUID()];
    const email = anAddress();
    const accountA = await accountOf(await auth.signIn(aToken({ sub: a, email })));
    const accountB = await accountOf(await auth.signIn(aToken({ sub: b })));

    expect(await accountOf(await auth.signIn(aToken({ sub: b, email })))).toBe(accountB);
    expect(await accountOf(await auth.signIn(aToken({ sub: a })))).toBe(accountA);
    expect(await identitiesOf(accountA)).toEqual([{ provider: 'jwt', kind: 'subject', key: a }]);
  });

  test('A-30: gets nothing of an account that the provider knows under another sub', async () => {
    const email = anAddress();
    await auth.signIn(aToken({ sub: randomUUID(), email }));

    await expectRefusal(aToken({ sub: randomUUID(), email }), 'auth.account_of_another_subject');
    await expectRefusal(aToken({ email }), 'auth.account_of_another_subject');
  });

  test('A-30: gets nothing of a person whose e-mail reads like the sub', async () => {
    const email = anAddress();
    const account = await accountOf(await auth.signIn(aToken({ email })));

    expect(await accountOf(await auth.signIn(aToken({ sub: email })))).not.toBe(account);
  });

  test('takes along a new e-mail that is free, and consumers learn it as a change', async () => {
    const [sub, before, after] = [randomUUID(), anAddress(), anAddress()];
    const account = await accountOf(await auth.signIn(aToken({ sub, email: before })));
    await auth.signIn(aToken({ sub, email: after }));

    expect(await emailOf(account)).toBe(after);
    expect(await auth.announced(after)).toMatchObject([{ accountId: account, claimsVersion: 2, email: after }]);
    expect(await accountOf(await auth.signIn(aToken({ sub: randomUUID(), email: before })))).not.toBe(account);
  });

  test('keeps the e-mail where the new one is taken, or the token older than the newest', async () => {
    const [sub, taken, email] = [randomUUID(), anAddress(), anAddress()];
    await auth.signIn(aToken({ email: taken }));
    const account = await accountOf(await auth.signIn(aToken({ sub, email, iat: seconds() - 30 })));
    await auth.signIn(aToken({ sub, email: taken, iat: seconds() - 30 }));
    await auth.signIn(aToken({ sub, iat: seconds() - 60 }));

    expect(await emailOf(account)).toBe(email);
  });

  test('is one account, at once under many e-mails over two instances', async () => {
    const other = await startAuth({ beside: auth });
    const sub = randomUUID();
    const answers = await whileWritesLinger(auth, 'before insert on account', () =>
      Promise.all(Array.from({ length: 8 }, (_, n) => (n % 2 ? auth : other).signIn(aToken({ sub })))),
    );
    await other.stop();

    expect(new Set(await Promise.all(answers.map(accountOf))).size).toBe(1);
    expect(await auth.query('select from identity where external_key = $1', [sub])).toHaveLength(1);
  });

  test('may be named by a number, and by nothing else that is no text', async () => {
    const account = await accountOf(await auth.signIn(aToken({ sub: 28 })));

    expect(await accountOf(await auth.signIn(aToken({ sub: '28' })))).toBe(account);
    for (const sub of [null, '', true, 1.5, ['28'], { id: 28 }, 'x'.repeat(256), '\ud800'])
      await expectRefusal(aToken({ sub }), 'auth.token_claim_invalid');
  });
});

describe('a person whom the provider named by e-mail', () => {
  test('moves over to the sub at the next sign-in that has one', async () => {
    const [sub, email] = [randomUUID(), anAddress()];
    const account = await accountOf(await auth.signIn(aToken({ email })));

    expect(await accountOf(await auth.signIn(aToken({ sub, email })))).toBe(account);
    expect(await accountOf(await auth.signIn(aToken({ sub, email: anAddress() })))).toBe(account);
    expect(await identitiesOf(account)).toEqual([{ provider: 'jwt', kind: 'subject', key: sub }]);
  });

  test('moves to one sub, when two come at once over two instances', async () => {
    const other = await startAuth({ beside: auth });
    const email = anAddress();
    const account = await accountOf(await auth.signIn(aToken({ email })));
    const answers = await whileWritesLinger(auth, 'before update on account', () =>
      Promise.all([auth, other].map((one) => one.signIn(aToken({ sub: randomUUID(), email })))),
    );
    await other.stop();

    expect(answers.map(({ status }) => status).sort()).toEqual([302, 401]);
    expect(await identitiesOf(account)).toHaveLength(1);
  });
});

describe('an account that is there already', () => {
  test('A-31: is linked only by a provider that is trusted for the domain, also where it has a password', async () => {
    const sub = randomUUID();
    await expectRefusal(aToken({ sub, email: administrator.email }), 'auth.account_has_password');
    await trust('jwt', ['other.example', 'sub.acme.example', 'example']);
    await expectRefusal(aToken({ sub, email: administrator.email }), 'auth.account_has_password');

    await trust('jwt', ['acme.example']);
    const account = await accountOf(await auth.signIn(aToken({ sub, email: administrator.email })));

    expect(await emailOf(account)).toBe(administrator.email);
    await auth.signIn(aToken({ sub }));
    expect(await emailOf(account)).toBe(administrator.email);
  });

  test('A-31: of another provider is refused to one that is not trusted', async () => {
    const email = anAddress();
    const account = await accountOf(await auth.signIn(aToken({ email })));
    await trust('other', []);
    await auth.query("update identity set provider = 'other' where account_id = $1", [account]);

    await expectRefusal(aToken({ email }), 'auth.account_of_another_provider');
    await trust('jwt', ['acme.example']);
    expect(await accountOf(await auth.signIn(aToken({ email })))).toBe(account);
  });

  test('and is deactivated is not linked', async () => {
    const email = anAddress();
    const account = await accountOf(await auth.signIn(aToken({ email })));
    await trust('other', []);
    await auth.query("update identity set provider = 'other' where account_id = $1", [account]);
    await auth.query("update account set status = 'deactivated' where id = $1", [account]);
    await trust('jwt', ['acme.example']);

    await expectRefusal(aToken({ email }), 'auth.account_deactivated');
  });
});

describe('a domain for which another provider is trusted', () => {
  const domain = `${randomUUID()}.example`;
  const inDomain = (): string => `person-${randomUUID()}@${domain}`;

  test('A-31: is closed to those that are not, for new accounts, earlier ones and new addresses', async () => {
    const [sub, email, elsewhere] = [randomUUID(), inDomain(), anAddress()];
    await auth.signIn(aToken({ email }));
    const outside = await accountOf(await auth.signIn(aToken({ sub, email: elsewhere })));
    await trust('owner', [domain]);

    await expectRefusal(aToken({ email: inDomain() }), 'auth.domain_of_another_provider');
    await expectRefusal(aToken({ email }), 'auth.domain_of_another_provider');
    expect(await accountOf(await auth.signIn(aToken({ sub, email: inDomain() })))).toBe(outside);
    expect(await emailOf(outside)).toBe(elsewhere);
  });

  test('is open again to one that is trusted beside it', async () => {
    const email = inDomain();
    await trust('owner', [domain]);
    await trust('jwt', [domain]);

    expect((await auth.signIn(aToken({ email }))).status).toBe(302);
  });
});
