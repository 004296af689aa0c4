import { generateKeyPair, generateKeyPairSync, type KeyObject, randomUUID } from 'node:crypto';
import { createServer, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { promisify } from 'node:util';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from '@jest/globals';
import { type JWTPayload, SignJWT } from 'jose';
import { type Answered, type RunningAuth, startAuth } from './running-auth.js';
import { anAddress, aToken, seconds, sign } from './tokens.js';

let auth: RunningAuth;
let other: RunningAuth;
/** A provider of this test alone, enabled and without a key. */
let name: string;

const pairs = {
  RS256: generateKeyPairSync('rsa', { modulusLength: 2048 }),
  ES256: generateKeyPairSync('ec', { namedCurve: 'P-256' }),
  EdDSA: generateKeyPairSync('ed25519'),
};
type Algorithm = keyof typeof pairs;
const generateRsa = () => promisify(generateKeyPair)('rsa', { modulusLength: 2048 });
const pemOf = (key: KeyObject): string => key.export({ type: 'spki', format: 'pem' }).toString();

/** Where key sets are fetched. */
let keyServer: Server;
let origin: string;
const pages = new Map<string, (response: ServerResponse) => void>();
const hits: string[] = [];

beforeAll(async () => {
  auth = await startAuth();
  other = await startAuth({ beside: auth });
  keyServer = createServer(({ url = '' }, response) => {
    hits.push(url);
    const page = pages.get(url);
    if (page) page(response);
    else response.writeHead(404).end();
  }).listen(0, '127.0.0.1');
  await new Promise((resolve) => keyServer.once('listening', resolve));
  origin = `http://127.0.0.1:${(keyServer.address() as AddressInfo).port}`;
});

afterAll(async () => {
  keyServer.closeAllConnections();
  await new Promise((resolve) => keyServer.close(resolve));
  await other.stop();
  await auth.stop();
});

beforeEach(async () => {
  name = `p-${randomUUID()}`;
  await auth.asAdministrator('POST', '/api/providers', {
    name,
    kind: 'jwt',
    settings: { enabled: true, issuer: `https://${name}.example`, audience: 'sandgate' },
  });
  hits.length = 0;
});

const addKey = (body?: unknown): Promise<Answered> => auth.asAdministrator('POST', `/api/providers/${name}/keys`, body);
const retire = (id: string, retireAt: string | null): Promise<Answered> =>
  auth.asAdministrator('PATCH', `/api/providers/${name}/keys/${id}`, { retireAt });
const keysOf = async (): Promise<Answered['body'][]> =>
  (await auth.asAdministrator('GET', `/api/providers/${name}`)).body.keys;

const claims = (): Record<string, unknown> => ({
  iss: `https://${name}.example`,
  aud: 'sandgate',
  email: anAddress(),
  jti: randomUUID(),
  iat: seconds(),
});
const signedBy = (key: KeyObject, header: { alg: Algorithm; kid?: string; [more: string]: unknown }): Promise<string> =>
  new SignJWT(claims()).setProtectedHeader(header).sign(key);
const statuses = async (makeToken: () => Promise<string> | string): Promise<number[]> =>
  Promise.all([auth, other].map(async (one) => (await one.signIn(await makeToken())).status));

const serveKeys = (path: string, ...keys: [KeyObject, string][]): string => {
  pages.set(path, (response) => {
    response.setHeader('content-type', 'application/json');
    response.end(JSON.stringify({ keys: keys.map(([key, kid]) => ({ ...key.export({ format: 'jwk' }), kid })) }));
  });
  return origin + path;
};

describe('a public key', () => {
  test.each(Object.keys(pairs) as Algorithm[])('of %s lets people in on every instance', async (algorithm) => {
    const { privateKey, publicKey } = pairs[algorithm];
    const added = await addKey({ algorithm, publicKey: pemOf(publicKey) });

    expect(added.status).toBe(201);
    expect(added.body).toMatchObject({ source: 'given', kind: 'public-key', algorithm, publicKey: pemOf(publicKey) });
    expect(added.body).not.toHaveProperty('secret');
    expect(await statuses(() => signedBy(privateKey, { alg: algorithm }))).toEqual([302, 302]);
    expect(await statuses(() => signedBy(privateKey, { alg: algorithm, kid: added.body.id }))).toEqual([302, 302]);
    // what is public is no secret.
    expect(await statuses(() => sign(claims(), { secret: pemOf(publicKey) }))).toEqual([401, 401]);
  });

  test.each([
    [
      'a private key',
      { algorithm: 'RS256', publicKey: pairs.RS256.privateKey.export({ type: 'pkcs8', format: 'pem' }) },
    ],
    ['a key of another algorithm', { algorithm: 'ES256', publicKey: pemOf(pairs.RS256.publicKey) }],
    ['text', { algorithm: 'EdDSA', publicKey: 'secret' }],
  ])('is not taken from %s', async (_what, body) => {
    expect((await addKey(body)).body.code).toBe('auth.settings_invalid');
    expect(await keysOf()).toEqual([]);
  });

  test.each([
    { algorithm: 'HS256', publicKey: 'x' },
    { algorithm: 'RS256' },
    { publicKey: 'x' },
    { algorithm: 'RS256', publicKey: 'x', jwksUri: 'https://provider.example/keys' },
    { algorithm: 'RS256', jwksUri: 'http://provider.example/keys' },
    { algorithm: 'RS256', jwksUri: 'http://127.0.0.1.provider.example/keys' },
    { algorithm: 'RS256', jwksUri: 'https://user:secret@provider.example/keys' },
    { algorithm: 'RS256', jwksUri: 'file:///etc/passwd' },
    { secret: 'chosen by the caller' },
    [],
    null,
  ])('%j is refused', async (body) => {
    expect((await addKey(body)).body.code).toBe('request.invalid');
  });
});

describe('a key set', () => {
  const good = JSON.stringify({ keys: [{ ...pairs.ES256.publicKey.export({ format: 'jwk' }), kid: 'a' }] });

  test('A-12: is fetched from the configured address, and again when it has a new key', async () => {
    const [first, second] = [pairs.ES256, generateKeyPairSync('ec', { namedCurve: 'P-256' })];
    const path = `/${randomUUID()}`;
    const jwksUri = serveKeys(path, [first.publicKey, 'first']);
    await addKey({ algorithm: 'ES256', jwksUri });
    const signIn = (key: KeyObject, kid: string): Promise<number[]> =>
      statuses(() => signedBy(key, { alg: 'ES256', kid }));

    expect(await signIn(first.privateKey, 'first')).toEqual([302, 302]);
    serveKeys(path, [second.publicKey, 'second']);
    expect(await signIn(first.privateKey, 'first')).toEqual([302, 302]);
    expect(await signIn(second.privateKey, 'second')).toEqual([302, 302]);
    expect(await signIn(first.privateKey, 'first')).toEqual([401, 401]);
    expect(await signIn(second.privateKey, 'first')).toEqual([401, 401]);
    // Each instance fetched it once, and once more for the new key; the withdrawn one is in the cooldown.
    expect(hits).toEqual([path, path, path, path]);
    pages.delete(path);
    expect(await signIn(second.privateKey, 'second')).toEqual([302, 302]);
  });

  test.each<[string, (response: ServerResponse) => void]>([
    ['redirects', (response) => response.writeHead(302, { location: `${origin}/target` }).end()],
    ['is too long', (response) => response.end(`${good.slice(0, -1)},"more":"${'x'.repeat(300_000)}"}`)],
    ['is no JSON', (response) => response.end('<html>')],
    ['is not found', (response) => response.writeHead(404).end(good)],
    ['breaks off', (response) => response.write('{"keys":[', () => response.destroy())],
  ])('A-84: that %s lets nobody in', async (_what, page) => {
    serveKeys('/target', [pairs.ES256.publicKey, 'a']);
    const path = `/${randomUUID()}`;
    pages.set(path, page);
    await addKey({ algorithm: 'ES256', jwksUri: origin + path });

    const logged = auth.logged().length;

    expect(await statuses(() => signedBy(pairs.ES256.privateKey, { alg: 'ES256', kid: 'a' }))).toEqual([401, 401]);
    expect(auth.logged().slice(logged)).toContain('auth.token_key_set_unavailable');
    expect(hits).toEqual([path, path]);
  });

  test('leaves one line for each request that failed, with the reason and the keys, and none for a sign-in', async () => {
    const path = `/${randomUUID()}?more=of-the-address`;
    pages.set(path, (response) => response.writeHead(500).end());
    const { id } = (await addKey({ algorithm: 'ES256', jwksUri: origin + path })).body;
    const told = auth.logged().length;
    for (let n = 0; n < 5; n += 1)
      expect((await auth.signIn(await signedBy(pairs.ES256.privateKey, { alg: 'ES256', kid: 'a' }))).status).toBe(401);

    const lines = auth
      .logged()
      .slice(told)
      .split('\n')
      .filter((line) => line.includes('a key set could not be fetched'));
    expect(lines.map((line) => JSON.parse(line))).toEqual([
      expect.objectContaining({
        level: 40,
        keys: [{ provider: name, keyId: id }],
        error: expect.objectContaining({ message: 'answered 500' }),
      }),
    ]);
    expect(auth.logged().slice(told)).not.toContain(path);
  });

  test('A-21, A-22: a token that its owner signs for another client lets nobody in', async () => {
    const jwksUri = serveKeys(`/${randomUUID()}`, [pairs.ES256.publicKey, 'a']);
    await addKey({ algorithm: 'ES256', jwksUri });
    const forAudience = (aud: unknown): Promise<string> =>
      new SignJWT({ ...claims(), aud } as JWTPayload)
        .setProtectedHeader({ alg: 'ES256', kid: 'a' })
        .sign(pairs.ES256.privateKey);

    expect(await statuses(() => forAudience('sandgate'))).toEqual([302, 302]);
    for (const aud of ['another', ['another'], undefined])
      expect(await statuses(() => forAudience(aud))).toEqual([401, 401]);
  });

  test('A-21: comes and stays only where issuer and audience are set', async () => {
    const put = (change: unknown, query = ''): Promise<Answered> =>
      auth.asAdministrator('PUT', `/api/providers/${name}${query}`, change);
    const jwksUri = serveKeys(`/${randomUUID()}`, [pairs.ES256.publicKey, 'a']);
    const expectRefusal = async (answer: Promise<Answered>, ...faults: string[]): Promise<void> => {
      const details = { faults: faults.map((fault) => expect.stringContaining(`${fault}: has to `)) };
      expect(await answer).toMatchObject({ status: 400, body: { code: 'auth.settings_invalid', details } });
    };

    await put({ issuer: null, audience: null });
    await expectRefusal(addKey({ algorithm: 'ES256', jwksUri }), 'issuer', 'audience');
    expect(await keysOf()).toEqual([]);
    await put({ issuer: 'https://login.example', audience: 'sandgate' });
    expect((await addKey({ algorithm: 'ES256', jwksUri })).status).toBe(201);
    for (const query of ['', '?dryRun=true']) {
      await expectRefusal(put({ issuer: null }, query), 'issuer');
      await expectRefusal(put({ audience: null }, query), 'audience');
    }
    expect((await put({ audience: 'another' })).body.audience).toBe('another');
    await auth.asAdministrator('DELETE', `/api/providers/${name}/keys/${(await keysOf())[0].id}`);
    expect((await put({ issuer: null, audience: null })).body).toMatchObject({ issuer: null, audience: null });
  });

  test('A-09: of the header is never fetched', async () => {
    const path = `/${randomUUID()}`;
    const jwksUri = serveKeys(path, [pairs.ES256.publicKey, 'good']);
    const trap = serveKeys('/trap', [pairs.RS256.publicKey, 'good']);
    await addKey({ algorithm: 'ES256', jwksUri });
    const attacker = generateKeyPairSync('ec', { namedCurve: 'P-256' });
    const jwk = attacker.publicKey.export({ format: 'jwk' });
    for (const more of [{ jku: trap }, { x5u: trap }, { jwk }, { jku: trap, kid: 'good' }, { jwk, kid: 'good' }])
      expect(await statuses(() => signedBy(attacker.privateKey, { alg: 'ES256', ...more }))).toEqual([401, 401]);

    expect(hits).not.toContain('/trap');
  });
});

describe('a key', () => {
  test('A-12: that is retired is refused on every instance, until it is not', async () => {
    const { id, secret } = (await addKey()).body;
    const token = (): string => sign(claims(), { secret });
    const past = new Date(Date.now() - 1000).toISOString();
    const future = new Date(Date.now() + 3_600_000).toISOString();

    expect(await statuses(token)).toEqual([302, 302]);
    expect((await retire(id, past)).body).toMatchObject({ id, retireAt: past });
    expect(await statuses(token)).toEqual([401, 401]);
    expect((await retire(id, future)).body).toMatchObject({ retireAt: future });
    expect(await statuses(token)).toEqual([302, 302]);
    expect((await retire('unknown', past)).body.code).toBe('auth.key_not_found');
    expect((await auth.asAdministrator('PATCH', `/api/providers/jwt/keys/${id}`, { retireAt: past })).body.code).toBe(
      'auth.key_not_found',
    );
  });

  test('that is retired makes room for another, and comes back only if there is room', async () => {
    const [first] = [(await addKey()).body, (await addKey()).body];
    expect((await addKey()).body.code).toBe('auth.key_limit');
    await retire(first.id, new Date().toISOString());

    expect((await addKey()).status).toBe(201);
    expect((await retire(first.id, null)).body.code).toBe('auth.key_limit');
  });

  test('tells when it was last used, to the minute, and no sign-in waits for that', async () => {
    const [used, unused] = [(await addKey()).body, (await addKey()).body];
    const before = Date.now();
    expect(await statuses(() => sign(claims(), { secret: used.secret }))).toEqual([302, 302]);
    expect((await keysOf()).map(({ lastUsedAt }) => lastUsedAt)).toEqual([null, null]);

    for (const { service } of [auth, other]) await service.jobs.find((job) => job.name === 'note-key-uses')?.run();
    const keys = new Map((await keysOf()).map((key) => [key.id, key.lastUsedAt]));
    expect(Date.parse(keys.get(used.id))).toBeGreaterThanOrEqual(before);
    expect(keys.get(unused.id)).toBeNull();
  });

  /** Signs with the key of the moment, as whoever makes the tokens of a provider does. */
  type Signer = (kid?: string) => Promise<string> | string;

  /** Twenty queues of people who sign in one after the other, without a pause and on both instances, for as long as keys are rotated; every token names its key or not. */
  const signInWhile = async (
    signer: () => { sign: Signer; id: string },
    names: (turn: number) => boolean,
    rotate: (everybodyIsIn: () => Promise<void>) => Promise<void>,
  ): Promise<number[]> => {
    let isRotating = true;
    const answers: number[] = [];
    const turns = Array.from({ length: 20 }, () => 0);
    const crowd = Promise.all(
      turns.map(async (_, n) => {
        for (let k = 0; isRotating || k < 5; k += 1) {
          const { sign: make, id } = signer();
          const token = await make(names(k) ? id : undefined);
          answers.push((await ((n + k) % 2 ? auth : other).signIn(token)).status);
          turns[n] = k + 1;
        }
      }),
    );
    try {
      await rotate(async () => {
        const before = [...turns];
        while (turns.some((turn, n) => turn < (before[n] ?? 0) + 2)) await new Promise(setImmediate);
      });
    } finally {
      isRotating = false;
    }
    await crowd;
    return answers;
  };

  const newSigner = {
    HS256: async () => {
      const { id, secret } = (await addKey()).body;
      const make: Signer = (kid) => sign(claims(), { secret, header: { alg: 'HS256', ...(kid && { kid }) } });
      return { id, sign: make };
    },
    RS256: async () => {
      const { privateKey, publicKey } = await generateRsa();
      const { id } = (await addKey({ algorithm: 'RS256', publicKey: pemOf(publicKey) })).body;
      const make: Signer = (kid) => signedBy(privateKey, { alg: 'RS256', ...(kid && { kid }) });
      return { id, sign: make };
    },
  };

  test.each(['HS256', 'RS256'] as const)(
    'A-12: of %s rotates under sign-ins on two instances without turning anybody away',
    async (algorithm) => {
      let signing = await newSigner[algorithm]();
      const answers = await signInWhile(
        () => signing,
        (turn) => turn % 2 === 1,
        async (everybodyIsIn) => {
          for (let round = 0; round < 5; round += 1) {
            const old = signing;
            signing = await newSigner[algorithm]();
            // Whoever signed with the old one is in before it retires.
            await everybodyIsIn();
            await retire(old.id, new Date().toISOString());
            expect(await statuses(() => old.sign())).toEqual([401, 401]);
          }
        },
      );

      expect(answers.filter((status) => status !== 302)).toEqual([]);
      expect(answers.length).toBeGreaterThanOrEqual(200);
      expect((await auth.signIn(aToken())).status).toBe(302);
    },
  );

  test('A-12: of a key set rotates under sign-ins on two instances without turning anybody away', async () => {
    const [first, second] = await Promise.all([generateRsa(), generateRsa()]);
    const path = `/${randomUUID()}`;
    const jwksUri = serveKeys(path, [first.publicKey, 'first']);
    const { id } = (await addKey({ algorithm: 'RS256', jwksUri })).body;
    const signerOf = ({ privateKey }: typeof first, name: string) => ({
      id: name,
      sign: (kid?: string) => signedBy(privateKey, { alg: 'RS256', ...(kid && { kid }) }),
    });
    let signing = signerOf(first, 'first');
    const answers = await signInWhile(
      () => signing,
      () => true,
      async (everybodyIsIn) => {
        await everybodyIsIn();
        serveKeys(path, [first.publicKey, 'first'], [second.publicKey, 'second']);
        await everybodyIsIn();
        signing = signerOf(second, 'second');
        await everybodyIsIn();
        serveKeys(path, [second.publicKey, 'second']);
        await everybodyIsIn();
      },
    );

    expect(answers.filter((status) => status !== 302)).toEqual([]);
    // Each instance has fetched it at the first sign-in, and when a token named a key that it did not know.
    expect(hits).toEqual([path, path, path, path]);
    await retire(id, new Date().toISOString());
    expect(await statuses(() => signing.sign('second'))).toEqual([401, 401]);
  });
});
