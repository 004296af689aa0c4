import { request } from 'node:http';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { type Answered, providerUri, type RunningAuth, siteUrl, startAuth } from './running-auth.js';
import { anAddress, aToken, seconds, sign } from './tokens.js';

const hostOrigin = 'https://app.example';
let auth: RunningAuth;

beforeAll(async () => {
  auth = await startAuth({ embeddingOrigins: [hostOrigin] });
});

afterAll(() => auth.stop());

/** What the SDK in a page of the host application sends. */
const sdk = { 'x-metabase-client': 'embedding-sdk-react', 'x-metabase-client-version': '0.56.3', origin: hostOrigin };

const post = (body: unknown, { headers = sdk as Record<string, string>, query = '' } = {}): Promise<Answered> =>
  auth.request(`/auth/sso${query}`, { method: 'POST', body, headers });

const get = (query: string, headers: Record<string, string> = sdk): Promise<Answered> =>
  auth.request(`/auth/sso?${query}`, { headers });

const addressForProgram = { url: providerUri, method: 'jwt', hash: expect.stringMatching(/^[\w-]{43}$/) };

const isActive = async (session: string): Promise<boolean> => (await auth.introspect(session)).active;

describe('an application with the SDK', () => {
  test.each(['embedding-sdk-react', 'embedding-simple'])('as %s is told where its tokens come from', async (client) => {
    for (const query of ['', 'preferred_method=jwt']) {
      const answered = await get(query, { 'x-metabase-client': client, origin: hostOrigin });

      expect([answered.status, answered.body]).toEqual([200, addressForProgram]);
      expect(answered.headers.get('access-control-allow-origin')).toBe(hostOrigin);
    }
  });

  test('is given another hash each time, and whatever comes back of it is ignored', async () => {
    const [one, other] = [await get(''), await get('')];
    expect(one.body.hash).not.toBe(other.body.hash);

    const back = { ...sdk, 'x-metabase-sdk-jwt-hash': 'x' };
    expect((await get(`jwt=${aToken()}&hash=x`, back)).status).toBe(200);
    expect((await post({ jwt: aToken() }, { headers: back, query: '?hash=x' })).status).toBe(200);
  });

  test('reads by the status of every error that it is one; a browser is told no status', async () => {
    const errors = [
      await get('jwt=x'),
      await get('provider=nobody'),
      await get('return_to=https%3A%2F%2Fevil.example'),
      await get('jwt=x&jwt=y'),
      await post({}),
    ];
    expect(errors.map(({ status, body }) => [status, body.code, body.status])).toEqual([
      [401, 'auth.sign_in_refused', 'error'],
      [400, 'auth.sso_disabled', 'error-sso-disabled'],
      [400, 'auth.return_to_unsafe', 'error'],
      [400, 'request.invalid', 'error'],
      [400, 'request.invalid', 'error'],
    ]);
    expect((await get('jwt=x', {})).body).not.toHaveProperty('status');
  });

  test.each([
    ['in the body', (token: string) => post({ jwt: token })],
    ['in the address', (token: string) => get(`jwt=${token}`)],
  ])('gets a session for a token %s, and no cookie', async (_where, present) => {
    const iat = seconds() - 1;
    const answered = await present(aToken({ iat, exp: iat + 300 }));

    expect(answered.status).toBe(200);
    expect(answered.body).toEqual({ status: 'ok', id: expect.any(String), iat, exp: iat + 300 });
    expect(answered.headers.get('set-cookie')).toBeNull();
    expect(answered.headers.get('access-control-allow-origin')).toBe(hostOrigin);
    expect(await isActive(answered.body.id)).toBe(true);
  });

  test.each([
    ['exp', { exp: 300 }, 300],
    ['exp, however far', { iat: 0, exp: 86_400 }, 86_400],
    ['iat and the maximum age, without exp', { iat: -10, exp: undefined }, 170],
    ['the longest age of a session, where exp is later', { iat: 0, exp: 40_000_000 }, 1_209_600],
  ])('has a session that ends at %s', async (_what, dates, after) => {
    const now = seconds();
    const claims = Object.fromEntries(
      Object.entries(dates).map(([name, offset]) => [name, offset === undefined ? undefined : now + offset]),
    );
    const { body } = await post({ jwt: aToken(claims) });
    const [stored] = await auth.query<{ ends: number }>(
      'select extract(epoch from expires_at)::float8 as ends from session where token_hash = sha256($1::bytea)',
      [Buffer.from(body.id)],
    );

    expect(body.exp).toBeGreaterThanOrEqual(now + after);
    expect(body.exp).toBeLessThanOrEqual(now + after + 2);
    // Never later than it says, and not noticeably sooner.
    expect(stored?.ends).toBeLessThanOrEqual(body.exp);
    expect(stored?.ends).toBeGreaterThan(body.exp - 2);
  });

  test('is signed out when the token of its session is over, and a browser is not', async () => {
    const token = (): string => sign({ email: anAddress(), iat: seconds(), exp: seconds() + 600 });
    const program = (await post({ jwt: token() })).body.id;
    const browser = (await auth.signIn(token())).session ?? '';
    await auth.query("update session set expires_at = expires_at - interval '10 minutes'");

    expect([await isActive(program), await isActive(browser)]).toEqual([false, true]);
  });

  test('leaves the session alone that the browser has by its cookie', async () => {
    const { session = '' } = await auth.signIn(aToken());
    const answered = await auth.request('/auth/sso', {
      method: 'POST',
      body: { jwt: aToken() },
      headers: sdk,
      cookie: session,
    });

    expect([answered.status, await isActive(session)]).toEqual([200, true]);
  });

  test('can read why it was refused, in one answer for all reasons', async () => {
    const refused = await Promise.all([
      post({ jwt: 'x' }),
      get('jwt=x'),
      post({ jwt: aToken({ exp: seconds() - 1 }) }),
      post({ jwt: aToken({ email: undefined }) }),
    ]);

    expect(new Set(refused.map(({ text }) => text)).size).toBe(1);
    for (const { status, body, headers } of refused) {
      expect([status, body.code, body.status]).toEqual([401, 'auth.sign_in_refused', 'error']);
      expect(headers.get('access-control-allow-origin')).toBe(hostOrigin);
    }
  });

  test('is told that it cannot follow a browser through an OpenID Connect provider, where it asks for one or there is no other', async () => {
    const settings = { issuer: 'https://issuer.example', clientId: 'sandgate', enabled: true };
    const providers = '/api/providers';
    const codeOf = async (query: string) => (await get(query)).body.code;
    expect((await get('preferred_method=oidc')).body).toEqual(addressForProgram);
    for (const name of ['first', 'second']) {
      await auth.asAdministrator('POST', providers, { name, kind: 'oidc', settings });
      for (const query of ['provider=first', 'preferred_method=first', 'preferred_method=oidc']) {
        const answered = await get(query);
        expect([answered.status, answered.body.code]).toEqual([400, 'auth.browser_required']);
        expect(answered.headers.get('access-control-allow-origin')).toBe(hostOrigin);
      }
      for (const query of ['', 'preferred_method=jwt', 'preferred_method=saml', 'provider=jwt&preferred_method=first'])
        expect((await get(query)).body).toEqual(addressForProgram);

      await auth.asAdministrator('PUT', `${providers}/jwt`, { identityProviderUri: null });
      for (const query of ['', 'preferred_method=jwt']) expect(await codeOf(query)).toBe('auth.browser_required');
      expect(await codeOf('provider=jwt')).toBe('auth.sso_disabled');
      await auth.asAdministrator('PUT', `${providers}/jwt`, { identityProviderUri: providerUri });
    }
    for (const name of ['first', 'second']) {
      await auth.asAdministrator('PUT', `${providers}/${name}`, { kind: 'oidc', enabled: false });
      expect(await codeOf(`provider=${name}`)).toBe('auth.sso_disabled');
      await auth.asAdministrator('DELETE', `${providers}/${name}`);
    }
  });

  test('can read that single sign-on is off', async () => {
    await auth.asAdministrator('PUT', '/api/providers/jwt', { enabled: false });
    const refused = [await get(''), await post({ jwt: aToken() })];
    await auth.asAdministrator('PUT', '/api/providers/jwt', { enabled: true });

    for (const { status, body, headers } of refused) {
      expect([status, body.code, body.status]).toEqual([400, 'auth.sso_disabled', 'error-sso-disabled']);
      expect(headers.get('access-control-allow-origin')).toBe(hostOrigin);
    }
  });

  test.each(['https://evil.example', 'https://app.example.evil.example', 'http://app.example', 'null'])(
    'A-51: on a page of %s signs nobody in and reads nothing',
    async (origin) => {
      const before = await auth.traces();
      const answered = await post({ jwt: aToken() }, { headers: { ...sdk, origin } });

      expect([answered.status, answered.body.code]).toEqual([403, 'request.cross_origin']);
      expect(answered.headers.get('access-control-allow-origin')).toBeNull();
      expect(await auth.traces()).toEqual(before);
    },
  );
});

describe('a token that comes twice, or in two places', () => {
  test.each([
    ['two tokens', 'GET', () => `?jwt=${aToken()}&jwt=${aToken()}`],
    ['two ways back', 'GET', () => `?jwt=${aToken()}&return_to=/a&return_to=/b`],
    ['two methods', 'GET', () => '?preferred_method=jwt&preferred_method=saml'],
    ['two of one looks', 'GET', () => `?jwt=${aToken()}&logo=false&logo=true`],
    ['a token in the address of a POST', 'POST', () => `?jwt=${aToken()}`],
    ['two ways back of a POST', 'POST', () => '?return_to=/a&return_to=/b'],
  ])('A-29: %s are refused', async (_what, method, query) => {
    const before = await auth.traces();
    const body = method === 'POST' ? { body: { jwt: aToken() } } : {};
    const answered = await auth.request(`/auth/sso${query()}`, { method, ...body, headers: sdk });

    expect([answered.status, answered.body.code]).toEqual([400, 'request.invalid']);
    expect(await auth.traces()).toEqual(before);
  });

  test.each(['content-length', 'transfer-encoding'])(
    'A-29: a body beside the address of a GET is refused, announced by %s',
    async (announcement) => {
      const body = JSON.stringify({ jwt: aToken() });
      const status = await new Promise((resolve, reject) => {
        const sent = request(`${auth.url}/auth/sso?jwt=${aToken()}`, { method: 'GET' }, (answer) => {
          answer.resume().on('end', () => resolve(answer.statusCode));
        });
        sent.setHeader(announcement, announcement === 'content-length' ? body.length : 'chunked');
        sent.on('error', reject).end(body);
      });

      expect(status).toBe(400);
    },
  );

  test.each([
    [{ jwt: { payload: 'a', signature: 'b' } }],
    [{ jwt: ['a'] }],
    [{ jwt: 1 }],
    [{}],
    [['a']],
    [{ jwt: 'x', return_to: '/' }],
  ])('A-06: %j is no body with a token', async (body) => {
    expect((await post(body)).body.code).toBe('request.invalid');
  });

  test('A-06: neither is a form', async () => {
    const response = await fetch(`${auth.url}/auth/sso`, {
      method: 'POST',
      body: new URLSearchParams({ jwt: aToken() }),
    });

    expect([response.status, await response.json()]).toEqual([
      415,
      expect.objectContaining({ code: 'request.not_json' }),
    ]);
  });
});

describe('a browser', () => {
  test('signs in by POST as by GET, and goes on with the cookie', async () => {
    const answered = await post({ jwt: aToken() }, { headers: {}, query: '?return_to=%2Ftables%2F1%3Flogo%3Dfalse' });

    expect([answered.status, answered.headers.get('location'), answered.text]).toEqual([
      302,
      '/tables/1?logo=false',
      '',
    ]);
    expect(await isActive(answered.session ?? '')).toBe(true);
    expect((await post({ jwt: aToken() }, { headers: {}, query: '?return_to=%2F%2Fevil.example' })).body.code).toBe(
      'auth.return_to_unsafe',
    );
  });

  test.each(['embedding-iframe', 'embedding-sdk-react, embedding-simple', 'Embedding-Simple', ''])(
    'is whoever calls itself %j',
    async (client) => {
      expect((await get(`jwt=${aToken()}`, { 'x-metabase-client': client })).status).toBe(302);
    },
  );

  test('keeps the looks that were asked for, also where nobody has encoded them', async () => {
    const locations = await Promise.all(
      [
        `jwt=${aToken()}&return_to=${encodeURIComponent('/tables/1?logo=false&top_nav=false')}`,
        `jwt=${aToken()}&return_to=/tables/1?logo=false&top_nav=false&x=y`,
        'return_to=/tables/1?logo=false&top_nav=false',
        'return_to=/',
        'header=false',
        '',
      ].map(async (query) => (await get(query, {})).headers.get('location')),
    );

    expect(locations).toEqual([
      '/tables/1?logo=false&top_nav=false',
      '/tables/1?logo=false&top_nav=false',
      `${providerUri}?return_to=${encodeURIComponent('/tables/1?logo=false&top_nav=false')}`,
      `${providerUri}?return_to=%2F`,
      `${providerUri}?return_to=${encodeURIComponent('/?header=false')}`,
      providerUri,
    ]);
  });

  test.each([
    ['lax', { 'sec-fetch-dest': 'iframe', 'sec-fetch-site': 'cross-site' }, true],
    ['strict', { 'sec-fetch-dest': 'iframe', 'sec-fetch-site': 'cross-site' }, true],
    ['none', { 'sec-fetch-dest': 'iframe', 'sec-fetch-site': 'cross-site' }, true],
    ['strict', { 'sec-fetch-dest': 'document', 'sec-fetch-site': 'cross-site' }, true],
    ['strict', {}, true],
    ['strict', { 'sec-fetch-dest': 'document', 'sec-fetch-site': 'same-site' }, false],
    ['strict', { 'sec-fetch-dest': 'iframe', 'sec-fetch-site': 'same-site' }, false],
    ['lax', { 'sec-fetch-dest': 'iframe', 'sec-fetch-site': 'same-site' }, false],
    ['lax', { 'sec-fetch-dest': 'document', 'sec-fetch-site': 'cross-site' }, false],
    ['none', { 'sec-fetch-dest': 'document', 'sec-fetch-site': 'cross-site' }, false],
    ['lax', {}, false],
  ] as const)(
    'with cookies of SameSite %s by %j goes on by a page that looks for the cookie: %j',
    async (sameSite, headers, isLookedFor) => {
      const other = await startAuth({ beside: auth, sameSite });
      const address = `/auth/sso?jwt=${aToken()}&return_to=${encodeURIComponent('/tables/1?logo=false')}`;
      const answered = await other.request(address, { headers });
      await other.stop();

      const wayOn = isLookedFor ? '/auth/arrived?return_to=%2Ftables%2F1%3Flogo%3Dfalse' : '/tables/1?logo=false';
      expect([answered.status, answered.headers.get('location')]).toEqual([302, wayOn]);
    },
  );

  test('A-49: has a cookie of its own for each site that frames this one, where SameSite is none', async () => {
    const embedded = await startAuth({ beside: auth, sameSite: 'none' });
    const { session = '', headers } = await embedded.signIn(aToken());
    const signOut = (origin: string): Promise<Answered> =>
      embedded.request('/api/session', { method: 'DELETE', cookie: session, headers: { origin } });

    expect(headers.get('set-cookie')).toBe(
      `sandgate.EMBEDDED_SESSION=${session}; Path=/; HttpOnly; SameSite=None; Secure; Partitioned`,
    );
    // The cookie comes with requests of other sites now, so the origin is all that keeps these out.
    expect([(await signOut(hostOrigin)).status, (await signOut('https://evil.example')).status]).toEqual([403, 403]);
    expect(await isActive(session)).toBe(true);
    const signedOut = await signOut(siteUrl);
    expect([signedOut.status, await isActive(session)]).toEqual([204, false]);
    expect(signedOut.headers.get('set-cookie')).toMatch(/^sandgate\.EMBEDDED_SESSION=; .*Partitioned; Max-Age=0$/);
    await embedded.stop();
  });
});

describe('logout as the product in the seeds has it', () => {
  const logOut = (options: object): Promise<Answered> =>
    auth.request('/auth/sso/logout', { method: 'POST', ...options });

  test('A-50: ends the session of a program', async () => {
    const { id } = (await post({ jwt: aToken() })).body;
    const answered = await logOut({ headers: { 'x-metabase-session': id, origin: hostOrigin } });

    expect([answered.status, answered.body]).toEqual([200, { 'saml-logout-url': null }]);
    expect(answered.headers.get('set-cookie')).toBeNull();
    expect(await isActive(id)).toBe(false);
  });

  test('A-50: ends the session of a browser and removes its cookie, for a page of this site only', async () => {
    const { session = '' } = await auth.signIn(aToken());
    const refused = [
      await logOut({ cookie: session }),
      await logOut({ cookie: session, headers: { origin: hostOrigin } }),
    ];
    expect(refused.map(({ status }) => status)).toEqual([403, 403]);
    expect(await isActive(session)).toBe(true);

    const answered = await logOut({ cookie: session, headers: { origin: siteUrl } });
    expect([answered.status, await isActive(session)]).toEqual([200, false]);
    expect(answered.headers.get('set-cookie')).toMatch(/Max-Age=0$/);
    expect((await logOut({ cookie: session, headers: { origin: siteUrl } })).status).toBe(401);
  });
});

test('anybody is told the settings that an embedding application needs', async () => {
  const { status, body, headers } = await auth.request('/api/session/properties', { headers: sdk });

  expect(status).toBe(200);
  expect(body).toMatchObject({
    'site-url': siteUrl,
    'other-sso-enabled?': true,
    'enable-embedding-interactive': true,
    'enable-embedding-sdk': true,
    'enable-embedding-simple': true,
    'session-cookie-samesite': 'lax',
  });
  expect(headers.get('access-control-allow-origin')).toBe(hostOrigin);
});

test('embedding is said to be enabled only where an origin is configured', async () => {
  const closed = await startAuth({ beside: auth, embeddingOrigins: [] });

  expect((await closed.request('/api/session/properties')).body).toMatchObject({
    'enable-embedding-interactive': false,
    'enable-embedding-sdk': false,
    'enable-embedding-simple': false,
  });
});
