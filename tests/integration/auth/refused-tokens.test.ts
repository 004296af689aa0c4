import { createHmac, generateKeyPairSync, randomUUID } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { type ErrorCode, setAccountStatus } from '@sandgate/contracts';
import { EncryptJWT, SignJWT } from 'jose';
import { type Answered, administrator, type RunningAuth, startAuth } from './running-auth.js';
import { anAddress, aToken, seconds, sharedSecret, sign } from './tokens.js';

let auth: RunningAuth;

beforeAll(async () => {
  auth = await startAuth();
});

afterAll(() => auth.stop());

/** What a refusal shows of itself: everything but the time. */
const shown = ({ status, headers, text }: Answered): unknown => ({
  status,
  text,
  headers: [...headers].filter(([name]) => name !== 'date'),
});

/** Reason codes in the log, in order. */
const reasons = (): string[] =>
  [...auth.logged().matchAll(/"reason":"(auth\.[^"]+)"/g)].map(([, reason]) => reason as string);

const person = () => ({ email: anAddress(), iat: seconds(), exp: seconds() + 600 });
const publicPem = (): string =>
  generateKeyPairSync('rsa', { modulusLength: 2048 }).publicKey.export({ type: 'spki', format: 'pem' }).toString();
const signText = (payload: string): string => {
  const input = `${Buffer.from('{"alg":"HS256"}').toString('base64url')}.${Buffer.from(payload).toString('base64url')}`;
  return `${input}.${createHmac('sha256', sharedSecret).update(input).digest('base64url')}`;
};
const deactivated = async (): Promise<string> => {
  const email = anAddress();
  await auth.signIn(aToken({ email }));
  const [account] = await auth.query<{ id: string }>('select id from account where email = $1', [email]);
  await auth.ask(setAccountStatus, { accountId: account?.id ?? '', status: 'deactivated' });
  return email;
};

const badTokens: readonly (readonly [string, ErrorCode, () => string | Promise<string>])[] = [
  ['nothing', 'auth.token_malformed', () => ''],
  [
    'A-01 alg none',
    'auth.token_malformed',
    () =>
      `${aToken({})
        .replace(/^[^.]+/, Buffer.from('{"alg":"none"}').toString('base64url'))
        .split('.')
        .slice(0, 2)
        .join('.')}.`,
  ],
  ['A-02 the text of a public key as secret', 'auth.token_signature', () => sign(person(), { secret: publicPem() })],
  ['A-02 HS512', 'auth.token_algorithm', () => sign(person(), { header: { alg: 'HS512' } })],
  ['A-03 hs256', 'auth.token_algorithm', () => sign(person(), { header: { alg: 'hs256' } })],
  ['A-04 another end of the signature', 'auth.token_signature', () => sign(person()).replace(/.{10}$/, 'AAAAAAAAAA')],
  ['A-05 padding', 'auth.token_malformed', () => `${sign(person())}=`],
  ['A-05 a line break', 'auth.token_malformed', () => `${sign(person())}\n`],
  [
    'A-06 the JSON form',
    'auth.token_malformed',
    () => JSON.stringify({ payload: 'e30', signatures: [{ protected: 'e30', signature: 'AAAA' }] }),
  ],
  [
    'A-07 an encrypted token',
    'auth.token_malformed',
    () =>
      new EncryptJWT(person())
        .setProtectedHeader({ alg: 'dir', enc: 'A256GCM' })
        .encrypt(Buffer.from(sharedSecret, 'hex')),
  ],
  ['A-08 crit', 'auth.token_header', () => sign(person(), { header: { alg: 'HS256', crit: ['x'], x: 1 } })],
  [
    'A-09 a key in the header',
    'auth.token_signature',
    () => sign(person(), { secret: 'a'.repeat(40), header: { alg: 'HS256', jwk: { kty: 'oct', k: 'YWFh' } } }),
  ],
  [
    'A-10 an unknown kid',
    'auth.token_key_unknown',
    () => sign(person(), { header: { alg: 'HS256', kid: "' OR 1=1--" } }),
  ],
  [
    'A-14 a claim twice',
    'auth.token_claims_malformed',
    () => signText(`{"email":"a@b.c","e\\u006dail":"b@b.c","iat":${seconds()}}`),
  ],
  [
    'A-16 deep nesting',
    'auth.token_claims_malformed',
    () => sign({ ...person(), deep: { a: { b: { c: { d: 1 } } } } }),
  ],
  ['A-16 more than 8 KiB', 'auth.token_malformed', () => sign({ ...person(), text: 'x'.repeat(8192) })],
  [
    'A-16 101 claims',
    'auth.token_claims_malformed',
    () => sign(Object.fromEntries(Array.from({ length: 101 }, (_, n) => [`claim${n}`, n]))),
  ],
  ['A-18 neither exp nor iat', 'auth.token_unbounded', () => sign({ email: anAddress() })],
  ['A-19 milliseconds', 'auth.token_claim_invalid', () => sign({ ...person(), exp: Date.now() + 600_000 })],
  ['A-20 from the future', 'auth.token_not_yet_valid', () => sign({ ...person(), iat: seconds() + 60 })],
  [
    'A-22 another type of token',
    'auth.token_header',
    () =>
      new SignJWT(person())
        .setProtectedHeader({ alg: 'HS256', typ: 'at+jwt' })
        .sign(new TextEncoder().encode(sharedSecret)),
  ],
  ['A-22 a session as token', 'auth.token_malformed', async () => (await auth.signIn(aToken())).session ?? ''],
  ['expired', 'auth.token_expired', () => sign({ ...person(), exp: seconds() - 1 })],
  ['older than the maximum age', 'auth.token_expired', () => sign({ ...person(), iat: seconds() - 200 })],
  ['A-33 two addresses', 'auth.token_email_invalid', () => sign({ ...person(), email: 'a@b.c,d@e.f' })],
  ['A-33 a list of addresses', 'auth.token_email_invalid', () => sign({ ...person(), email: ['a@b.c'] })],
  ['A-38 groups that are no list', 'auth.token_groups_invalid', () => sign({ ...person(), groups: { A: true } })],
  ['A-26 a deactivated account', 'auth.account_deactivated', async () => aToken({ email: await deactivated() })],
  ['A-40 an account with a password', 'auth.account_has_password', () => aToken({ email: administrator.email })],
  [
    'A-23 a used token',
    'auth.token_used',
    async () => {
      const token = aToken();
      await auth.signIn(token);
      return token;
    },
  ],
];

describe('a refused token', () => {
  test.each(badTokens)(
    'leaves no session, account or event, and its reason in the log: %s',
    async (_what, reason, make) => {
      const token = await make();
      const earlier = reasons().length;
      const before = await auth.traces();
      const answered = await auth.signIn(token, { more: '&return_to=/question/1' });

      expect(answered.status).toBe(401);
      expect(answered.session).toBeUndefined();
      expect(answered.headers.get('set-cookie')).toBeNull();
      expect(reasons().slice(earlier)).toEqual([reason]);
      expect(await auth.traces()).toEqual(before);
    },
  );

  test('A-17: is answered the same to the byte, whatever the reason', async () => {
    const answers = new Set<string>();
    for (const [, , make] of badTokens) answers.add(JSON.stringify(shown(await auth.signIn(await make()))));

    expect([...answers]).toHaveLength(1);
    expect([...answers][0]).toContain('auth.sign_in_refused');
  });

  test('A-17: is answered the same where the account is unknown and may not be created', async () => {
    await auth.asAdministrator('PUT', '/api/providers/jwt', { userProvisioning: false });
    const before = await auth.traces();
    const unknown = await auth.signIn(aToken());
    const malformed = await auth.signIn('x');
    expect(await auth.traces()).toEqual(before);
    await auth.asAdministrator('PUT', '/api/providers/jwt', { userProvisioning: true });

    expect(shown(unknown)).toEqual(shown(malformed));
    expect(reasons()).toContain('auth.account_unknown');
  });

  test('A-27: stands in no log line, no row and no answer, and neither does an accepted one', async () => {
    const email = anAddress();
    const tokens = [aToken({ email }), sign({ ...person(), exp: 5 }), `${aToken()}=`];
    const answers = await Promise.all(tokens.map((token) => auth.signIn(token, { more: '&return_to=/question/1' })));

    const rows = await auth.query<{ row: string }>(
      `select a::text as row from account a union all select s::text from session s union all select u::text from used_token u
       union all select o::text from outbox o union all select d::text from messaging.deliveries d union all select i::text from identity i`,
    );
    const everywhere = [
      auth.logged(),
      ...rows.map(({ row }) => row),
      ...answers.flatMap(({ text, headers }) => [text, headers.get('location') ?? '']),
    ].join('\n');
    for (const token of tokens)
      for (const part of token.split('.').slice(1)) expect(everywhere).not.toContain(part.replace('=', ''));
    expect(auth.logged()).not.toContain(email);
    for (const { session } of answers)
      if (session) expect(`${auth.logged()}${rows.map(({ row }) => row).join()}`).not.toContain(session);
  });

  test('A-27: is kept from the next page and from caches', async () => {
    for (const answered of [await auth.signIn(aToken()), await auth.signIn('x')]) {
      expect(answered.headers.get('referrer-policy')).toBe('no-referrer');
      expect(answered.headers.get('cache-control')).toBe('no-store');
    }
  });

  test('A-43: is shown to a browser as a page that repeats nothing of it', async () => {
    const answered = await auth.request('/auth/sso?jwt=%3Cscript%3Ealert(1)%3C%2Fscript%3E', {
      headers: { accept: 'text/html' },
    });

    expect(answered.status).toBe(401);
    expect(answered.headers.get('content-type')).toBe('text/html; charset=utf-8');
    expect(answered.text).not.toContain('<script');
  });

  test('A-52: writes nothing, though hundreds come at once, and holds up nobody who signs in beside them', async () => {
    const flood = () => Array.from({ length: 200 }, () => auth.signIn(sign(person(), { secret: 'a'.repeat(40) })));
    const before = await auth.traces();
    expect((await Promise.all(flood())).filter(({ status }) => status !== 401)).toEqual([]);
    expect(await auth.traces()).toEqual(before);

    const beside = await Promise.all([...flood(), auth.signIn(aToken())]);
    expect(beside.at(-1)?.status).toBe(302);
  });
});

describe('the request of a sign-in', () => {
  test.each([
    ['A-29: jwt twice', (token: string) => `jwt=${token}&jwt=${token}`],
    ['A-29: return_to twice', (token: string) => `jwt=${token}&return_to=/a&return_to=/b`],
    ['A-29: redirect twice', () => 'redirect=/a&redirect=/b'],
  ])('%s is refused', async (_what, query) => {
    const answered = await auth.request(`/auth/sso?${query(aToken())}`);

    expect(answered.status).toBe(400);
    expect(answered.session).toBeUndefined();
  });

  test.each(['jwt[]', 'jwt[x]', 'JWT', 'jwt.x'])('A-06: %s is not the parameter jwt', async (name) => {
    const answered = await auth.request(`/auth/sso?${encodeURIComponent(name)}=${aToken()}`);

    expect(answered.session).toBeUndefined();
    expect(answered.headers.get('location')).not.toContain('jwt');
  });

  test('A-29: by another method, or in two places, is no sign-in', async () => {
    expect((await auth.request(`/auth/sso?jwt=${aToken()}`, { method: 'POST', body: { jwt: aToken() } })).status).toBe(
      400,
    );
    expect((await auth.request('/auth/sso', { method: 'PUT', body: { jwt: aToken() } })).status).toBe(405);
  });

  test.each([
    ['https://evil.example/'],
    ['//evil.example'],
    ['///evil.example'],
    ['/\\evil.example'],
    ['\\\\evil.example'],
    ['/\t/evil.example'],
    ['https:evil.example'],
    ['javascript:alert(1)'],
    ['http://localhost:3000@evil.example/'],
    ['http://localhost:3000.evil.example/'],
    ['http://localhost:3001/'],
    ['https://localhost:3000/'],
    ['/..//evil.example'],
    ['/.//evil.example'],
    ['/a/..//evil.example'],
    ['/%2e%2e//evil.example'],
    ['/a\r\nset-cookie: x=y'],
    ['/\u0000'],
  ])('A-41, A-42, A-43: return_to %p is refused before the token is looked at', async (returnTo) => {
    const token = aToken();
    const earlier = reasons().length;
    const before = await auth.traces();
    const answered = await auth.signIn(token, { more: `&return_to=${encodeURIComponent(returnTo)}` });

    expect([answered.status, answered.body.code]).toEqual([400, 'auth.return_to_unsafe']);
    expect(answered.text).not.toContain('evil');
    expect((await auth.signIn('bad', { more: `&return_to=${encodeURIComponent(returnTo)}` })).status).toBe(400);
    expect((await auth.request(`/auth/sso?redirect=${encodeURIComponent(returnTo)}`)).status).toBe(400);
    expect(reasons().slice(earlier)).toEqual([]);
    expect(await auth.traces()).toEqual(before);
    expect((await auth.signIn(token)).status).toBe(302);
  });

  test.each([
    ['/question/1?a=b#c', '/question/1?a=b#c'],
    ['http://localhost:3000/dashboard/1-test?currency=British%20Pound', '/dashboard/1-test?currency=British%20Pound'],
    ['question/1', '/question/1'],
    ['/a?next=https://evil.example', '/a?next=https://evil.example'],
    ['', '/'],
  ])('return_to %p leads to %p', async (returnTo, location) => {
    expect(
      (await auth.signIn(aToken(), { more: `&return_to=${encodeURIComponent(returnTo)}` })).headers.get('location'),
    ).toBe(location);
  });

  test.each(['/auth/sso', '/auth/sso/', '/auth/sso?jwt=x', '/x/../auth/sso'])(
    'A-44: return_to %p would lead back here, so it leads to the start page',
    async (returnTo) => {
      expect(
        (await auth.signIn(aToken(), { more: `&return_to=${encodeURIComponent(returnTo)}` })).headers.get('location'),
      ).toBe('/');
    },
  );

  test('A-43: a claim with line breaks and control characters breaks no header and no log line', async () => {
    const nasty = `a\r\nset-cookie: x=y\u001b[31m{"level":60}${randomUUID()}`;
    const answered = await auth.signIn(aToken({ first_name: nasty, odd: { [nasty]: 1 }, [nasty]: null }));

    expect(answered.status).toBe(302);
    expect(answered.headers.get('set-cookie')).not.toContain('x=y');
    for (const line of auth.logged().trimEnd().split('\n')) expect(() => JSON.parse(line)).not.toThrow();
  });
});
