import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { clientSecret, type OpenIdProvider, startOpenIdProvider } from '../../support/openid-provider.js';
import { configureProvider, openCodeFlow, redirectUri } from './code-flow.js';
import { type Answered, type RunningAuth, startAuth } from './running-auth.js';
import { anAddress, aToken } from './tokens.js';

let auth: RunningAuth;
let other: RunningAuth;
const providers: OpenIdProvider[] = [];

/** Providers by their name in Sandgate. */
let full: OpenIdProvider;
let thin: OpenIdProvider;
let withoutPkce: OpenIdProvider;

beforeAll(async () => {
  auth = await startAuth();
  other = await startAuth({ beside: auth });
  full = await startOpenIdProvider({ redirectUri });
  thin = await startOpenIdProvider({ redirectUri, thin: true });
  withoutPkce = await startOpenIdProvider({ redirectUri, pkce: false });
  providers.push(full, thin, withoutPkce);
  await configureProvider(auth, 'full', { issuer: full.issuer });
  await configureProvider(auth, 'thin', { issuer: thin.issuer });
  await configureProvider(auth, 'without-pkce', { issuer: withoutPkce.issuer, pkce: false });
  await configureProvider(auth, 'public', { issuer: full.issuer, clientId: 'public', clientSecret: null });
});

afterAll(async () => {
  await other?.stop();
  await auth?.stop();
  await Promise.all(providers.map((one) => one.stop()));
});

const aPerson = (claims: Record<string, unknown> = {}) => ({
  sub: randomUUID(),
  email: anAddress(),
  email_verified: true,
  given_name: 'Rene',
  family_name: 'Mueller',
  groups: ['Sales'],
  account_id: 28,
  ...claims,
});

/** The whole way of a browser: off to the provider and back. */
async function signIn(
  provider: OpenIdProvider,
  name: string,
  { more = '', cookie }: { more?: string; cookie?: string } = {},
): Promise<Answered> {
  const tab = await openCodeFlow(auth, `?provider=${name}${more}`);
  const back = await provider.signIn(tab.location);
  return tab.comeBack(back, cookie === undefined ? {} : { cookie: `${tab.cookie}; sandgate.SESSION=${cookie}` });
}

const accountOf = async (answered: Answered): Promise<string | undefined> => {
  const session = await auth.introspect(answered.session);
  return session.active ? session.accountId : undefined;
};

/** Refused as everything is, leaving nothing behind. */
async function expectRefusal(attempt: () => Promise<Answered>, reason: string): Promise<void> {
  const before = await auth.traces();
  const logged = [auth, other].map((one) => one.logged().length);
  const answered = await attempt();

  expect([answered.status, answered.text]).toEqual([401, refusal]);
  expect(answered.headers.getSetCookie()).toEqual([]);
  expect(await auth.traces()).toEqual(before);
  const since = [auth, other].map((one, n) => one.logged().slice(logged[n])).join('');
  const reasons = [...since.matchAll(/"reason":"([^"]+)"/g)].map(([, one]) => one);
  expect([...new Set(reasons)]).toEqual([reason]);
}
const refusal = JSON.stringify({
  code: 'auth.sign_in_refused',
  message: 'The sign-in was refused. Start again from the application that sent you here.',
  id: 'auth.sign_in_refused',
});

describe('a sign-in by code', () => {
  test.each([
    ['full', () => full],
    ['thin', () => thin],
    ['without-pkce', () => withoutPkce],
    ['public', () => full],
  ])(
    'through the provider %s makes account, identity, session and event, and leads back to where it began',
    async (name, of) => {
      const provider = of();
      provider.person = aPerson();
      const { sub, email } = provider.person;
      const answered = await signIn(provider, name, { more: '&return_to=%2Fquestion%2F1%3Fa%3Db%23c' });

      expect([answered.status, answered.headers.get('location')]).toEqual([302, '/question/1?a=b#c']);
      const [account] = await auth.query<{ id: string }>('select id from account where email = $1', [email]);
      expect(await auth.introspect(answered.session)).toEqual({
        active: true,
        accountId: account?.id,
        claimsVersion: 1,
      });
      expect(
        await auth.query('select provider, kind, external_key from identity where account_id = $1', [account?.id]),
      ).toEqual([{ provider: name, kind: 'subject', external_key: sub }]);
      expect(await auth.announced(String(email))).toEqual([
        {
          accountId: account?.id,
          claimsVersion: 1,
          email,
          firstName: 'Rene',
          lastName: 'Mueller',
          attributes: { account_id: 28 },
          groups: [{ provider: name, presence: 'listed', names: ['Sales'] }],
          firstAdministrator: false,
          signedInBy: name,
        },
      ]);
    },
  );

  test('A-45, A-47: begins with a request that holds state, nonce and challenge, and a cookie that only this way back sees', async () => {
    const tab = await openCodeFlow(auth, '?provider=full&return_to=%2Fquestion%2F1');
    const query = Object.fromEntries(new URL(tab.location).searchParams);

    expect(new URL(tab.location).origin).toBe(full.issuer);
    expect(query).toEqual({
      response_type: 'code',
      client_id: 'sandgate',
      redirect_uri: redirectUri,
      scope: 'openid email profile',
      state: expect.stringMatching(/^[\w-]{43}$/),
      nonce: expect.stringMatching(/^[\w-]{43}$/),
      code_challenge: expect.stringMatching(/^[\w-]{43}$/),
      code_challenge_method: 'S256',
    });
    expect(tab.setCookies).toEqual([
      expect.stringMatching(/^sandgate\.SSO\.[\w-]{8}=[\w.-]+; Path=\/auth\/sso; Max-Age=600; HttpOnly; SameSite=Lax$/),
    ]);
    // The middle of a JWE in compact form is what is sealed.
    const [header = '', ...sealed] = (tab.cookie.split('=')[1] ?? '').split('.');
    expect(JSON.parse(Buffer.from(header, 'base64url').toString())).toEqual({
      alg: 'dir',
      enc: 'A256GCM',
      kid: 'full',
    });
    expect(Buffer.from(sealed.join(''), 'base64url').includes('question')).toBe(false);
  });

  test('takes a person of several tabs in through all of them', async () => {
    full.person = aPerson();
    const tabs = await Promise.all(
      [1, 2, 3].map((n) => openCodeFlow(auth, `?provider=full&return_to=%2Ftables%2F${n}`)),
    );
    const cookie = tabs.map((tab) => tab.cookie).join('; ');
    for (const [at, tab] of [...tabs.entries()].reverse()) {
      const answered = await tab.comeBack(await full.signIn(tab.location), { cookie });
      expect(answered.headers.get('location')).toBe(`/tables/${at + 1}`);
    }
  });

  test('leaves no cookie behind, and no more than a few where people turn back', async () => {
    full.person = aPerson();
    const tab = await openCodeFlow(auth, '?provider=full');
    const answered = await tab.comeBack(await full.signIn(tab.location));
    const name = tab.cookie.split('=')[0];
    expect(answered.headers.getSetCookie()).toContain(`${name}=; Path=/auth/sso; Max-Age=0; HttpOnly; SameSite=Lax`);

    const many = Array.from({ length: 5 }, (_, n) => `sandgate.SSO.${n}=x`).join('; ');
    const { setCookies } = await openCodeFlow(auth, '?provider=full', `${many}; sandgate.SESSION=x`);
    expect(setCookies.filter((line) => line.includes('Max-Age=0'))).toHaveLength(5);
    expect(setCookies.filter((line) => line.includes('SESSION'))).toEqual([]);
  });

  test('that began on one instance ends on another', async () => {
    full.person = aPerson();
    const tab = await openCodeFlow(auth, '?provider=full');
    const answered = await tab.comeBack(await full.signIn(tab.location), { instance: other });

    expect(answered.status).toBe(302);
  });

  test('to a very long address leads to the start page, because no browser keeps so long a cookie', async () => {
    full.person = aPerson();
    const answered = await signIn(full, 'full', { more: `&return_to=%2F${'a'.repeat(3000)}` });

    expect(answered.headers.get('location')).toBe('/');
  });

  test('A-48: opens a session of its own, and ends the one of somebody else that the browser had', async () => {
    const { session: earlier } = await auth.signIn(aToken());
    full.person = aPerson();
    const answered = await signIn(full, 'full', { cookie: `${earlier}` });
    const planted = await signIn(full, 'full', { cookie: 'planted-by-somebody-who-knows-it-0123456789' });

    expect(answered.session).not.toBe(earlier);
    expect((await auth.introspect(earlier)).active).toBe(false);
    expect(planted.session).toMatch(/^[\w-]{43}$/);
    expect((await auth.introspect('planted-by-somebody-who-knows-it-0123456789')).active).toBe(false);
  });

  test('writes no code, token, secret or address of a person to the log', async () => {
    full.person = aPerson();
    const tab = await openCodeFlow(auth, '?provider=full');
    const back = await full.signIn(tab.location);
    await tab.comeBack(back);
    await tab.comeBack(back);
    const [state, code] = ['state', 'code'].map((name) => String(back.searchParams.get(name)));

    for (const secret of [state, code, clientSecret, full.person['email'], full.person.sub, tab.cookie.split('=')[1]])
      expect(auth.logged()).not.toContain(secret);
  });
});

describe('what comes back to another sign-in than it left', () => {
  test.each([
    ['full', 'auth.oidc_code_refused'],
    ['without-pkce', 'auth.oidc_answer_invalid'],
  ])('A-45: a code of another browser is refused, with PKCE and without (%s)', async (name, reason) => {
    const provider = name === 'full' ? full : withoutPkce;
    provider.person = aPerson();
    const stolen = await provider.signIn((await openCodeFlow(auth, `?provider=${name}`)).location);
    const tab = await openCodeFlow(auth, `?provider=${name}`);
    stolen.searchParams.set('state', new URL(tab.location).searchParams.get('state') ?? '');

    await expectRefusal(() => tab.comeBack(stolen), reason);
  });

  test('A-45: a provider that requires PKCE takes no request without', async () => {
    await configureProvider(auth, 'downgraded', { issuer: full.issuer, pkce: false });
    const tab = await openCodeFlow(auth, '?provider=downgraded');
    const back = await full.signIn(tab.location);

    expect(back.searchParams.get('error')).toBe('invalid_request');
    await expectRefusal(() => tab.comeBack(back), 'auth.oidc_refused');
  });

  test('A-46: of twenty fresh codes that come at once for what began once, over two instances, one signs in', async () => {
    full.person = aPerson();
    const tab = await openCodeFlow(auth, '?provider=full');
    const backs = await Promise.all(Array.from({ length: 20 }, () => full.signIn(tab.location)));
    expect(new Set(backs.map(({ searchParams }) => searchParams.get('code'))).size).toBe(20);
    const answers = await Promise.all(backs.map((back, n) => tab.comeBack(back, { instance: n % 2 ? auth : other })));

    expect(answers.filter(({ status }) => status === 302)).toHaveLength(1);
    expect(answers.filter(({ status, text }) => status === 401 && text === refusal)).toHaveLength(19);
    const [opened] = await auth.query<{ sessions: number }>(
      'select count(*)::int as sessions from session where account_id = (select id from account where email = $1)',
      [full.person['email']],
    );
    expect(opened?.sessions).toBe(1);
  });

  test('A-46: a code that comes again is refused', async () => {
    full.person = aPerson();
    const tab = await openCodeFlow(auth, '?provider=full');
    const back = await full.signIn(tab.location);
    expect((await tab.comeBack(back)).status).toBe(302);

    await expectRefusal(() => tab.comeBack(back), 'auth.oidc_code_refused');
  });

  test('A-46: a code of another client is refused', async () => {
    full.person = aPerson();
    const tab = await openCodeFlow(auth, '?provider=full');
    const location = new URL(tab.location);
    location.searchParams.set('client_id', 'public');

    await expectRefusal(async () => tab.comeBack(await full.signIn(location.href)), 'auth.oidc_code_refused');
  });

  test('A-47: a state that has signed in once is refused, with a fresh code too', async () => {
    full.person = aPerson();
    const tab = await openCodeFlow(auth, '?provider=full');
    expect((await tab.comeBack(await full.signIn(tab.location))).status).toBe(302);

    for (const instance of [auth, other]) {
      const fresh = await full.signIn(tab.location);
      await expectRefusal(() => tab.comeBack(fresh, { instance }), 'auth.token_used');
    }
  });

  test('A-47: a state is refused that is missing, altered, of another browser, another tab or another provider', async () => {
    full.person = aPerson();
    const tab = await openCodeFlow(auth, '?provider=full');
    const foreign = await openCodeFlow(auth, '?provider=public');
    const back = await full.signIn(tab.location);
    const state = back.searchParams.get('state') ?? '';
    const name = tab.cookie.split('=')[0] ?? '';
    const sealed = tab.cookie.split('=')[1] ?? '';
    const [header, none, iv, text, tag = ''] = sealed.split('.');
    const asThin = Buffer.from('{"alg":"dir","enc":"A256GCM","kid":"thin"}').toString('base64url');
    const withState = (other: string): URL => {
      const url = new URL(back);
      if (other === '') url.searchParams.delete('state');
      else url.searchParams.set('state', other);
      return url;
    };

    const matrix: [string, URL, string][] = [
      ['missing', withState(''), tab.cookie],
      ['another', withState('A'.repeat(43)), tab.cookie],
      [
        'altered behind the part that names the cookie',
        withState(`${state.slice(0, 42)}${state.endsWith('A') ? 'B' : 'A'}`),
        tab.cookie,
      ],
      ['of another browser', back, ''],
      ['of another tab', back, foreign.cookie],
      ['of another tab under its name', back, `${name}=${foreign.cookie.split('=')[1]}`],
      ['sealed for another provider', back, `${name}=${[asThin, none, iv, text, tag].join('.')}`],
      [
        'altered',
        back,
        `${name}=${[header, none, iv, text, tag.replace(/^./, tag.startsWith('A') ? 'B' : 'A')].join('.')}`,
      ],
      [
        'of no sealing at all',
        back,
        `${name}=${Buffer.from('{"alg":"none","kid":"full"}').toString('base64url')}.e30.`,
      ],
      ['nonsense', back, `${name}=%00`],
    ];
    for (const [what, url, cookie] of matrix) {
      const asked = full.asked.length;
      await expectRefusal(() => tab.comeBack(url, { cookie }), 'auth.oidc_state_unknown');
      // Nothing was sent there.
      expect([what, full.asked.length]).toEqual([what, asked]);
    }
    expect((await tab.comeBack(back)).status).toBe(302);
  });

  test('A-47: what the provider refuses, or another issuer answers, is refused', async () => {
    const tab = await openCodeFlow(auth, '?provider=full');
    const state = new URL(tab.location).searchParams.get('state');
    const denied = new URL(
      `${redirectUri}?error=access_denied&error_description=rene%40acme.example&state=${state}&iss=${full.issuer}`,
    );
    await expectRefusal(() => tab.comeBack(denied), 'auth.oidc_refused');
    expect(auth.logged()).toContain('"detail":"access_denied"');
    expect(auth.logged()).not.toContain('rene@acme');

    const mixedUp = await full.signIn(tab.location);
    mixedUp.searchParams.set('iss', thin.issuer);
    await expectRefusal(() => tab.comeBack(mixedUp), 'auth.oidc_answer_invalid');
    mixedUp.searchParams.delete('iss');
    await expectRefusal(() => tab.comeBack(mixedUp), 'auth.oidc_answer_invalid');
  });

  test('A-29: a parameter that comes twice is refused', async () => {
    const tab = await openCodeFlow(auth, '?provider=full');
    const back = await full.signIn(tab.location);
    back.searchParams.append('code', 'another');

    expect((await tab.comeBack(back)).body.code).toBe('request.invalid');
  });

  test('a page, not JSON, tells a person in a browser', async () => {
    const answered = await auth.request('/auth/sso/callback?code=x&state=y', { headers: { accept: 'text/html' } });

    expect([answered.status, answered.headers.get('content-type')]).toEqual([401, 'text/html; charset=utf-8']);
  });
});

describe('the person that a provider names', () => {
  test('A-30: is known by the subject, whatever becomes of the e-mail', async () => {
    const person = aPerson();
    full.person = person;
    const account = await accountOf(await signIn(full, 'full'));
    const email = anAddress();
    full.person = { ...person, email };

    expect(await accountOf(await signIn(full, 'full'))).toBe(account);
    expect(await auth.query('select email from account where id = $1', [account])).toEqual([{ email }]);
  });

  test('A-30: under another subject never gets the account of the same e-mail', async () => {
    const { email } = (full.person = aPerson());
    await signIn(full, 'full');

    full.person = aPerson({ email });
    await expectRefusal(() => signIn(full, 'full'), 'auth.account_of_another_subject');
    thin.person = aPerson({ email });
    await expectRefusal(() => signIn(thin, 'thin'), 'auth.account_of_another_provider');
  });

  test('A-30, A-31: gives a subject of another issuer nobody’s account, for no other issuer comes in its place', async () => {
    await configureProvider(auth, 'moving', { issuer: thin.issuer });
    expect((await configureProvider(auth, 'moving', { issuer: full.issuer })).body.issuer).toBe(full.issuer);
    full.person = aPerson();
    expect((await signIn(full, 'moving')).status).toBe(302);

    const change = { kind: 'oidc', issuer: thin.issuer, clientSecret };
    for (const query of ['?dryRun=true', ''])
      expect(await other.asAdministrator('PUT', `/api/providers/moving${query}`, change)).toMatchObject({
        status: 409,
        body: { code: 'auth.issuer_in_use' },
      });
    thin.person = aPerson({ sub: full.person.sub });
    expect(new URL((await openCodeFlow(auth, '?provider=moving')).location).origin).toBe(full.issuer);
    expect((await configureProvider(auth, 'moving', { issuer: full.issuer, pkce: true })).status).toBe(200);
  });

  test('A-30: is linked to the account of another provider only where the domain is trusted', async () => {
    const email = `${randomUUID()}@trusted.example`;
    const account = await accountOf(await auth.signIn(aToken({ email })));
    full.person = aPerson({ email });
    await expectRefusal(() => signIn(full, 'full'), 'auth.account_of_another_provider');

    await configureProvider(auth, 'full', { issuer: full.issuer, trustedDomains: ['trusted.example'] });
    expect(await accountOf(await signIn(full, 'full'))).toBe(account);
    await configureProvider(auth, 'full', { issuer: full.issuer });
  });

  test.each([
    [{ email_verified: false }, 'auth.oidc_email_unverified'],
    [{ email_verified: 'false' }, 'auth.oidc_email_unverified'],
    [{ email: undefined }, 'auth.token_email_invalid'],
    [{ email: ['a@acme.example', 'b@acme.example'] }, 'auth.token_email_invalid'],
    [{ groups: { a: 1 } }, 'auth.token_groups_invalid'],
  ])('A-30: is refused with %j', async (claims, reason) => {
    for (const [provider, name] of [
      [full, 'full'],
      [thin, 'thin'],
    ] as const) {
      provider.person = aPerson(claims);
      await expectRefusal(() => signIn(provider, name), reason);
    }
  });

  test('is taken in where the provider says nothing about the address, or has it in a list of one', async () => {
    for (const claims of [{ email_verified: undefined }, { email: [anAddress()] }]) {
      full.person = aPerson(claims);
      expect((await signIn(full, 'full')).status).toBe(302);
    }
  });

  test('who comes back with the same claims raises no version', async () => {
    full.person = aPerson();
    await signIn(full, 'full');
    const answered = await signIn(full, 'full');

    expect(await auth.introspect(answered.session)).toMatchObject({ claimsVersion: 1 });
  });
});

describe('a provider', () => {
  test('that is turned off takes nobody in, and none who is on the way', async () => {
    full.person = aPerson();
    const tab = await openCodeFlow(auth, '?provider=full');
    const back = await full.signIn(tab.location);
    await configureProvider(auth, 'full', { issuer: full.issuer, enabled: false });

    await expectRefusal(() => tab.comeBack(back), 'auth.sso_disabled');
    expect((await auth.request('/auth/sso?provider=full')).body.code).toBe('auth.sso_disabled');
    await configureProvider(auth, 'full', { issuer: full.issuer });
  });

  test('whose settings change while people sign in turns nobody away', async () => {
    full.person = aPerson();
    const tabs = await Promise.all(Array.from({ length: 20 }, () => openCodeFlow(auth, '?provider=full')));
    const backs = await Promise.all(tabs.map((tab) => full.signIn(tab.location)));
    const answers = Promise.all(tabs.map((tab, n) => tab.comeBack(backs[n] as URL)));
    for (const _ of [1, 2, 3]) await configureProvider(auth, 'full', { issuer: full.issuer });

    expect((await answers).map(({ status }) => status)).toEqual(tabs.map(() => 302));
  });

  test('that does not answer refuses as everything is refused', async () => {
    await configureProvider(auth, 'away', { issuer: 'http://127.0.0.1:9' });

    await expectRefusal(() => auth.request('/auth/sso?provider=away'), 'auth.oidc_unreachable');
  });

  test('without a name in the request is the JWT provider; preferred_method leads past it', async () => {
    const toJwt = await auth.request('/auth/sso?return_to=%2Fx');
    const several = await auth.request('/auth/sso?preferred_method=oidc');
    const named = await auth.request('/auth/sso?preferred_method=full');
    const unsafe = await auth.request('/auth/sso?provider=full&return_to=%2F%2Fevil.example');

    expect(toJwt.headers.get('location')).toBe('https://app.example/sso/sandgate?return_to=%2Fx');
    expect([several.status, several.body.code]).toEqual([400, 'auth.provider_required']);
    expect(named.headers.get('location')).toContain(full.issuer);
    expect([unsafe.status, unsafe.body.code]).toEqual([400, 'auth.return_to_unsafe']);
  });
});
