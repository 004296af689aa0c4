import { randomUUID } from 'node:crypto';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from '@jest/globals';
import { Failure, forgetGroupSync } from '@sandgate/contracts';
import { eventually } from '../../support/eventually.js';
import { countLingering, whileWritesLinger } from './linger.js';
import { type Answered, type RunningAuth, siteUrl, startAuth } from './running-auth.js';
import { anAddress, aToken, seconds, sign } from './tokens.js';

let auth: RunningAuth;
let other: RunningAuth;
/** A provider of this test alone, enabled, and the secret that it signs with. */
let name: string;
let secret: string;

beforeAll(async () => {
  auth = await startAuth();
  other = await startAuth({ beside: auth });
});

afterAll(async () => {
  await other.stop();
  await auth.stop();
});

beforeEach(async () => {
  name = `p-${randomUUID()}`;
  const created = await create({ name, kind: 'jwt', settings: { enabled: true } });
  expect(created.status).toBe(201);
  secret = (await auth.asAdministrator('POST', `/api/providers/${name}/keys`)).body.secret;
});

afterEach(async () => {
  await remove();
  await put({ enabled: true, trustedDomains: [] }, 'jwt');
});

const create = (body: unknown): Promise<Answered> => auth.asAdministrator('POST', '/api/providers', body);
const put = (change: unknown, provider = name): Promise<Answered> =>
  auth.asAdministrator('PUT', `/api/providers/${provider}`, change);
const remove = (provider = name): Promise<Answered> => auth.asAdministrator('DELETE', `/api/providers/${provider}`);
/** A token of the provider of this test. */
const ofProvider = (claims: Record<string, unknown> = {}): string =>
  sign({ email: anAddress(), jti: randomUUID(), iat: seconds(), ...claims }, { secret });
const accountOf = async ({ session }: Answered): Promise<string> => {
  const introspected = await auth.introspect(session);
  if (!introspected.active) throw new Error('the sign-in was refused');
  return introspected.accountId;
};
/** Two instances publish in any order; what counts is the version. */
const lastOf = async (email: string): Promise<unknown> =>
  (await auth.announced(email)).sort((one, other) => one.claimsVersion - other.claimsVersion).at(-1);

describe('providers', () => {
  test('are listed, read, changed and put back as they were read', async () => {
    const read = await auth.asAdministrator('GET', `/api/providers/${name}`);
    const listed = await auth.asAdministrator('GET', '/api/providers');
    const changed = await put({ issuer: 'https://second.example', trustedDomains: ['acme.example'] });

    expect(read.body).toMatchObject({ name, kind: 'jwt', enabled: true, issuer: null, trustedDomains: [] });
    expect(listed.body.data).toContainEqual(read.body);
    expect(listed.body.data[0]).toMatchObject({ name: 'jwt' });
    expect(listed.body.total).toBe(listed.body.data.length);
    expect(changed.body).toEqual({
      ...read.body,
      issuer: 'https://second.example',
      trustedDomains: ['acme.example'],
    });
    expect((await put(read.body)).body).toEqual(read.body);
    expect(listed.text).not.toContain(secret);
  });

  test('are listed a page at a time, like everything else', async () => {
    const all = (await auth.asAdministrator('GET', '/api/providers')).body;
    const page = await auth.asAdministrator('GET', '/api/providers?limit=1&offset=1');

    expect(page.body).toEqual({ data: all.data.slice(1, 2), total: all.total });
    expect(page.body.data).toHaveLength(1);
    expect((await auth.asAdministrator('GET', '/api/providers?limit=0')).body.code).toBe('request.invalid');
  });

  test('are refused under a name that is taken, reserved or none, and with settings that are none', async () => {
    expect((await create({ name, kind: 'jwt' })).body.code).toBe('auth.provider_exists');
    expect((await create({ name: 'password', kind: 'jwt' })).body.code).toBe('auth.settings_invalid');
    for (const body of [
      { name: 'Upper', kind: 'jwt' },
      { name: `${name}-2`, kind: 'saml' },
      { name: `${name}-2` },
      { name: `${name}-2`, kind: 'jwt', settings: { trustedDomains: ['Acme.example'] } },
      { name: `${name}-2`, kind: 'jwt', settings: { unknown: 1 } },
    ])
      expect((await create(body)).body.code).toBe('request.invalid');
    expect((await create({ name: `${name}-2`, kind: 'jwt', settings: { emailClaim: 'iss' } })).body.code).toBe(
      'auth.settings_invalid',
    );
    expect((await auth.asAdministrator('GET', `/api/providers/${name}-2`)).body.code).toBe('auth.provider_not_found');
  });

  test('that are not there have nothing to change', async () => {
    for (const [method, path, body] of [
      ['GET', ''],
      ['PUT', '', {}],
      ['DELETE', ''],
      ['POST', '/keys'],
      ['PATCH', '/keys/x', { retireAt: null }],
      ['DELETE', '/keys/x'],
    ] as const)
      expect((await auth.asAdministrator(method, `/api/providers/nobody${path}`, body)).body.code).toBe(
        'auth.provider_not_found',
      );
    expect((await remove('jwt')).body.code).toBe('auth.provider_built_in');
  });

  test('that are deleted take their group synchronisation along, while permissions answers', async () => {
    const asked: unknown[] = [];
    let answers = true;
    const own = await startAuth({
      beside: auth,
      ask: async (question, input) => {
        if (question.name !== forgetGroupSync.name) return auth.ask(question, input);
        if (!answers) throw new Failure('service.unavailable');
        asked.push(input);
        return question.output.parse({});
      },
    });
    const removeThere = (path: string) => own.asAdministrator('DELETE', `/api/providers/${path}`);

    expect((await removeThere('nobody')).body.code).toBe('auth.provider_not_found');
    expect((await removeThere(`${name}?dryRun=true`)).status).toBe(200);
    expect(asked).toEqual([]);
    answers = false;
    expect(await removeThere(name)).toMatchObject({ status: 503, body: { code: 'service.unavailable' } });
    expect((await auth.asAdministrator('GET', `/api/providers/${name}`)).body.enabled).toBe(false);
    answers = true;
    expect((await removeThere(name)).status).toBe(204);
    expect(asked).toEqual([expect.objectContaining({ provider: name, actorId: expect.any(String) })]);
  });

  test('A-30, A-31: that know somebody take no other issuer, whose subjects are other people', async () => {
    const [first, second] = ['https://first.example', 'https://second.example'];
    const path = `/api/providers/${name}`;
    for (const issuer of [second, first]) expect((await put({ issuer })).body.issuer).toBe(issuer);
    const account = await accountOf(await auth.signIn(ofProvider({ iss: first, sub: '1' })));

    const before = (await auth.asAdministrator('GET', path)).body;
    for (const query of ['?dryRun=true', ''])
      expect(await other.asAdministrator('PUT', path + query, { issuer: second, enabled: false })).toMatchObject({
        status: 409,
        body: { code: 'auth.issuer_in_use' },
      });
    expect((await auth.asAdministrator('GET', path)).body).toEqual(before);
    expect((await auth.signIn(ofProvider({ iss: second, sub: '1' }))).status).toBe(401);
    expect((await put({ issuer: first, requireJti: true })).status).toBe(200);
    expect(await accountOf(await auth.signIn(ofProvider({ iss: first, sub: '1' })))).toBe(account);
  });

  test('that know somebody and had no issuer may get one', async () => {
    await auth.signIn(ofProvider({ sub: '1' }));

    expect((await put({ issuer: 'https://first.example' })).body.issuer).toBe('https://first.example');
  });

  test('let people in beside each other, on every instance at once', async () => {
    for (const instance of [auth, other]) {
      expect((await instance.signIn(ofProvider())).status).toBe(302);
      expect((await instance.signIn(ofProvider(), { more: `&provider=${name}` })).status).toBe(302);
      expect((await instance.signIn(ofProvider(), { more: '&provider=jwt' })).status).toBe(401);
      expect((await instance.signIn(aToken())).status).toBe(302);
    }
    await put({ enabled: false });
    for (const instance of [auth, other]) {
      expect((await instance.signIn(ofProvider())).status).toBe(401);
      expect((await instance.signIn(aToken())).status).toBe(302);
    }
  });

  test('send a browser to their own address', async () => {
    await put({ identityProviderUri: 'https://second.example/sso' });
    const locationOf = async (query: string): Promise<unknown> =>
      (await auth.request(`/auth/sso?${query}`)).headers.get('location');

    expect(await locationOf(`provider=${name}&return_to=/a`)).toBe('https://second.example/sso?return_to=%2Fa');
    expect(await locationOf('return_to=/a')).not.toContain('second.example');
    expect((await auth.request('/auth/sso?provider=nobody')).body.code).toBe('auth.sso_disabled');
  });

  test('are looked for with a way in, when nobody is signed in', async () => {
    await put({ enabled: false }, 'jwt');
    expect(await auth.introspect(undefined)).toEqual({ active: false, singleSignOn: false });
    await put({ identityProviderUri: `${siteUrl}/sso` });
    expect(await auth.introspect(undefined)).toEqual({ active: false, singleSignOn: true });
  });
});

describe('one person at two providers', () => {
  test('A-31: is two people as long as the second is not believed, and one when it is', async () => {
    const email = anAddress();
    const account = await accountOf(await auth.signIn(aToken({ email })));

    expect((await auth.signIn(ofProvider({ email, sub: 'x' }))).status).toBe(401);
    await put({ trustedDomains: ['acme.example'] });
    expect(await accountOf(await other.signIn(ofProvider({ email, sub: 'x' })))).toBe(account);
    // The domain now belongs to those that are believed.
    expect((await auth.signIn(aToken({ email }))).status).toBe(401);
  });

  test('A-31: at once over two instances, is let in by one of two that are not believed', async () => {
    const email = anAddress();
    const answers = await Promise.all([auth.signIn(aToken({ email })), other.signIn(ofProvider({ email }))]);

    expect(answers.map(({ status }) => status).sort()).toEqual([302, 401]);
    expect(await auth.query('select from account where email = $1', [email])).toHaveLength(1);
  });

  test('has the groups of both, and names and attributes of the one that said something last', async () => {
    const domain = `${randomUUID()}.example`;
    const email = `rene@${domain}`;
    for (const provider of ['jwt', name]) await put({ trustedDomains: [domain] }, provider);
    const first = { first_name: 'Rene', groups: ['A'], region: 'north' };
    await auth.signIn(aToken({ email, ...first }));
    await auth.signIn(ofProvider({ email, sub: 'x', first_name: 'René', groups: ['B'], team: 1 }));

    expect(await lastOf(email)).toMatchObject({
      claimsVersion: 2,
      firstName: 'René',
      attributes: { team: 1 },
      groups: [
        { provider: 'jwt', presence: 'listed', names: ['A'] },
        { provider: name, presence: 'listed', names: ['B'] },
      ],
    });
    await auth.signIn(aToken({ email, ...first }));
    expect(await lastOf(email)).toMatchObject({
      claimsVersion: 3,
      firstName: 'Rene',
      attributes: { region: 'north' },
      groups: [{ names: ['A'] }, { names: ['B'] }],
    });
    await auth.signIn(aToken({ email, ...first }));
    expect(await lastOf(email)).toMatchObject({ claimsVersion: 3 });
  });
});

describe('a provider that is deleted', () => {
  test('takes its sessions, keys and claims along on every instance, and consumers learn it', async () => {
    const domain = `${randomUUID()}.example`;
    const email = `rene@${domain}`;
    for (const provider of ['jwt', name]) await put({ trustedDomains: [domain] }, provider);
    const kept = await auth.signIn(aToken({ email, groups: ['A'], region: 'north' }));
    const gone = await other.signIn(ofProvider({ email, groups: ['B'], region: 'south' }));
    expect((await remove()).status).toBe(204);

    expect(await other.introspect(gone.session)).toMatchObject({ active: false });
    expect(await other.introspect(kept.session)).toMatchObject({ active: true, claimsVersion: 3 });
    expect(await lastOf(email)).toMatchObject({
      claimsVersion: 3,
      attributes: {},
      groups: [{ provider: 'jwt', names: ['A'] }],
    });
    for (const instance of [auth, other]) expect((await instance.signIn(ofProvider())).status).toBe(401);
    expect((await auth.asAdministrator('GET', `/api/providers/${name}`)).status).toBe(404);
  });

  test('A-30: leaves nothing to another one of its name', async () => {
    const email = anAddress();
    await auth.signIn(ofProvider({ email, sub: 'x' }));
    await remove();
    await create({ name, kind: 'jwt', settings: { enabled: true } });
    secret = (await auth.asAdministrator('POST', `/api/providers/${name}/keys`)).body.secret;

    expect((await auth.signIn(ofProvider({ email, sub: 'x' }))).status).toBe(401);
    expect((await auth.signIn(ofProvider({ sub: 'x' }))).status).toBe(302);
    expect(await auth.query('select from account where email = $1', [email])).toHaveLength(1);
  });

  test('waits for a sign-in that is being written, and takes it along', async () => {
    const email = anAddress();
    await auth.signIn(ofProvider({ email, sub: 'x' }));
    await whileWritesLinger(auth, 'before update on account', async () => {
      const signIn = other.signIn(ofProvider({ email, sub: 'x', groups: ['A'] }));
      await eventually(async () => expect(await countLingering(auth)).toBe(1));
      await Promise.all([remove(), signIn]);
    });

    expect(await auth.query('select from session where provider = $1', [name])).toEqual([]);
    expect(await auth.query('select claims from account where email = $1', [email])).toEqual([{ claims: {} }]);
  });

  test('while people sign in ends them all, and nobody else', async () => {
    const signIns = Promise.all(
      Array.from({ length: 200 }, async (_, n) => {
        const instance = n % 2 ? auth : other;
        return [await instance.signIn(ofProvider({ sub: `sub-${n % 20}` })), await instance.signIn(aToken())] as const;
      }),
    );
    await remove();

    for (const [gone, kept] of await signIns) {
      expect([302, 401]).toContain(gone.status);
      expect(await auth.introspect(gone.session)).toMatchObject({ active: false });
      expect(kept.status).toBe(302);
    }
    expect(await auth.query('select from identity where provider = $1', [name])).toEqual([]);
  });
});
