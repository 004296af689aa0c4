import { createHmac, generateKeyPairSync, type KeyObject } from 'node:crypto';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { beforeAll, describe, expect, test } from '@jest/globals';
import { Failure, type JwtProviderSettings } from '@sandgate/contracts';
import fc from 'fast-check';
import { EncryptJWT, exportJWK, SignJWT } from 'jose';
import { jwtProviderDefaults } from '../providers/decide-settings-change.js';
import { importPublicKey, type PublicKeyAlgorithm } from '../providers/public-key.js';
import { type VerificationKey, type VerificationSettings, type VerifiedSignIn, verifyToken } from './verify-token.js';

// fast-check's own `binary` first makes a map of all characters, for a second and a half in each test file.
const anyCharacter = fc.nat(0x10ffff).map((point) => String.fromCodePoint(point));

const now = 1_800_000_000;
const secret = 'f3d1c6a2b94e80571d2c3b4a5968778695a4b3c2d1e0f9081726354453627180';
const otherSecret = '0a1b2c3d4e5f60718293a4b5c6d7e8f90a1b2c3d4e5f60718293a4b5c6d7e8f9';

const settings: JwtProviderSettings = { ...jwtProviderDefaults, enabled: true };

const importKey = async (text: string): Promise<VerificationKey> => ({
  algorithm: 'HS256',
  key: await crypto.subtle.importKey('raw', new TextEncoder().encode(text), { name: 'HMAC', hash: 'SHA-256' }, false, [
    'verify',
  ]),
});

let keys: VerificationSettings['keys'];
beforeAll(async () => {
  keys = new Map([
    ['first', await importKey(secret)],
    ['second', await importKey(otherSecret)],
  ]);
});

const encode = (value: unknown): string =>
  Buffer.from(typeof value === 'string' ? value : JSON.stringify(value)).toString('base64url');

/** Signs any header and payload, also those that no library would. */
const sign = (
  claims: unknown,
  header: unknown = { alg: 'HS256', typ: 'JWT' },
  key: string | KeyObject = secret,
  hash = 'sha256',
): string => {
  const input = `${encode(header)}.${encode(claims)}`;
  return `${input}.${createHmac(hash, key).update(input).digest('base64url')}`;
};

const person = { email: 'rene@acme.example', iat: now };

const verify = (token: string, change: Partial<JwtProviderSettings> = {}, at = now): Promise<VerifiedSignIn> =>
  verifyToken(token, { name: 'jwt', settings: { ...settings, ...change }, keys }, at);

const outcomeOf = async (token: string, change: Partial<JwtProviderSettings> = {}): Promise<string> =>
  verify(token, change).then(
    () => 'verified',
    (error: unknown) => (error instanceof Failure ? error.code : String(error)),
  );

describe('a token of the host application', () => {
  test('is what a common library makes of claims and a string secret', async () => {
    const token = await new SignJWT({
      ...person,
      first_name: 'Rene',
      groups: ['Customer-Acme'],
      account_id: 28,
      exp: now + 600,
    })
      .setProtectedHeader({ alg: 'HS256', typ: 'JWT' })
      .sign(new TextEncoder().encode(secret));

    expect(await verify(token)).toEqual({
      email: 'rene@acme.example',
      claims: {
        firstName: 'Rene',
        attributes: { account_id: 28 },
        groups: { presence: 'listed', names: ['Customer-Acme'] },
      },
      dropped: [],
      issuedAt: now,
      endsAt: now + 600,
      token: { key: expect.stringMatching(/^[0-9a-f]{64}$/), once: false, rememberUntil: now + 600 },
      keyId: 'first',
    });
  });

  test.each([
    ['without kid by either key', { alg: 'HS256' }, otherSecret],
    ['with the kid of its key', { alg: 'HS256', kid: 'second' }, otherSecret],
    ['with typ in lower case', { alg: 'HS256', typ: 'jwt' }, secret],
    ['with the full media type', { alg: 'HS256', typ: 'application/jwt' }, secret],
    ['with another content type', { alg: 'HS256', cty: 'json' }, secret],
  ])('verifies %s', async (_what, header, key) => {
    expect(await outcomeOf(sign(person, header, key))).toBe('verified');
  });

  test('is refused while the provider is off, however good it is', async () => {
    expect(await outcomeOf(sign(person), { enabled: false })).toBe('auth.sso_disabled');
  });
});

describe('the signature', () => {
  test('A-01: is asked for under every spelling of none', async () => {
    const spellings = [...Array(16).keys()].map((bits) =>
      [...'none'].map((letter, at) => (bits & (1 << at) ? letter.toUpperCase() : letter)).join(''),
    );

    for (const alg of spellings) {
      const unsigned = `${encode({ alg })}.${encode(person)}`;
      for (const token of [unsigned, `${unsigned}.`, `${unsigned}..`])
        expect(await outcomeOf(token)).toBe('auth.token_malformed');
      expect(await outcomeOf(sign(person, { alg }))).toBe('auth.token_algorithm');
    }
  });

  test.each([
    ['HS384', 'sha384'],
    ['HS512', 'sha512'],
  ])('A-02: is not taken as %s with the right key', async (alg, hash) => {
    expect(await outcomeOf(sign(person, { alg }, secret, hash))).toBe('auth.token_algorithm');
  });

  test('A-02: is not taken from an asymmetric key, nor from the text of its public half as a secret', async () => {
    const { privateKey, publicKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' });
    const asymmetric = await new SignJWT(person).setProtectedHeader({ alg: 'ES256' }).sign(privateKey);
    const pem = publicKey.export({ type: 'spki', format: 'pem' }).toString();

    expect(await outcomeOf(asymmetric)).toBe('auth.token_algorithm');
    expect(await outcomeOf(sign(person, { alg: 'HS256' }, pem))).toBe('auth.token_signature');
  });

  test.each([['hs256'], ['HS256 '], ['Hs256'], ['RS256'], [''], [null], [256], [['HS256']], [undefined]])(
    'A-03: is not taken under the algorithm %p',
    async (alg) => {
      expect(await outcomeOf(sign(person, { alg }))).toBe('auth.token_algorithm');
    },
  );

  test('A-04: covers every byte of the token', async () => {
    const token = sign(person);

    await fc.assert(
      fc.asyncProperty(fc.nat(token.length - 1), fc.constantFrom(...'AQgw059-_.='), async (at, character) => {
        fc.pre(token[at] !== character);
        const changed = token.slice(0, at) + character + token.slice(at + 1);
        expect(await outcomeOf(changed)).toMatch(/^auth\.token_(malformed|signature|algorithm|header)$/);
      }),
      { numRuns: 500 },
    );
  });

  test('A-04: is not taken when it is cut', async () => {
    const token = sign(person);
    const start = token.lastIndexOf('.') + 1;

    for (let length = start; length < token.length; length += 1)
      expect(await outcomeOf(token.slice(0, length))).not.toBe('verified');
  });

  test('is not taken from a key that is not configured', async () => {
    expect(await outcomeOf(sign(person, { alg: 'HS256' }, 'another secret of more than thirty-two bytes'))).toBe(
      'auth.token_signature',
    );
    expect(await outcomeOf(sign(person, { alg: 'HS256', kid: 'first' }, otherSecret))).toBe('auth.token_signature');
  });

  test('A-07: of an encrypted token is not looked for', async () => {
    const encrypted = await new EncryptJWT(person)
      .setProtectedHeader({ alg: 'dir', enc: 'A256GCM' })
      .encrypt(Buffer.from(secret, 'hex'));

    expect(await outcomeOf(encrypted)).toBe('auth.token_malformed');
  });

  test('A-07: of a token around an unsigned token does not cover for it', async () => {
    const inner = `${encode({ alg: 'none' })}.${encode(person)}.`;

    expect(await outcomeOf(sign(inner, { alg: 'HS256', cty: 'JWT' }))).toBe('auth.token_claims_malformed');
  });
});

describe('a public key', () => {
  const pairs = {
    RS256: generateKeyPairSync('rsa', { modulusLength: 2048 }),
    ES256: generateKeyPairSync('ec', { namedCurve: 'P-256' }),
    EdDSA: generateKeyPairSync('ed25519'),
  };
  const algorithms = Object.keys(pairs) as PublicKeyAlgorithm[];
  const signWith = (alg: PublicKeyAlgorithm, header = {}): Promise<string> =>
    new SignJWT(person).setProtectedHeader({ alg, ...header }).sign(pairs[alg].privateKey);
  const publicKey = (algorithm: PublicKeyAlgorithm): Promise<CryptoKey> =>
    importPublicKey(pairs[algorithm].publicKey, algorithm);
  const outcomeUnder = (token: string, held: [string, VerificationKey][]): Promise<string> =>
    verifyToken(token, { name: 'jwt', settings, keys: new Map(held) }, now).then(
      ({ keyId }) => keyId,
      (error: unknown) => (error instanceof Failure ? error.code : String(error)),
    );
  const held = async (algorithm: PublicKeyAlgorithm): Promise<[string, VerificationKey]> => [
    algorithm,
    { algorithm, key: await publicKey(algorithm) },
  ];

  test.each(algorithms)('of %s verifies what its private half signed, beside a secret', async (algorithm) => {
    const beside = [...keys, await held(algorithm)];

    expect(await outcomeUnder(await signWith(algorithm), beside)).toBe(algorithm);
    expect(await outcomeUnder(await signWith(algorithm, { kid: algorithm }), beside)).toBe(algorithm);
    expect(await outcomeUnder(await signWith(algorithm, { kid: 'first' }), beside)).toBe('auth.token_algorithm');
    expect(await outcomeUnder(sign(person), beside)).toBe('first');
  });

  test.each(algorithms)('A-02: of %s is no secret, in none of its spellings', async (algorithm) => {
    const { publicKey: key } = pairs[algorithm];
    const pem = key.export({ type: 'spki', format: 'pem' }).toString();
    const spellings = [pem, pem.trim(), pem.replaceAll('\n', '\r\n'), JSON.stringify(key.export({ format: 'jwk' }))];
    for (const spelling of [...spellings, key.export({ type: 'spki', format: 'der' }).toString('base64')])
      for (const header of [{ alg: 'HS256' }, { alg: 'HS256', kid: algorithm }, { alg: algorithm }]) {
        const token = sign(person, header, spelling);
        expect(await outcomeUnder(token, [await held(algorithm)])).toMatch(/^auth\.token_(algorithm|signature)$/);
        expect(await outcomeUnder(token, [...keys, await held(algorithm)])).toMatch(
          /^auth\.token_(algorithm|signature)$/,
        );
      }
  });

  test('A-02: verifies nothing under the algorithm of another one', async () => {
    const all = await Promise.all(algorithms.map(held));
    for (const one of algorithms)
      for (const other of algorithms.filter((name) => name !== one)) {
        const [, payload, signature] = (await signWith(one)).split('.');
        const token = `${encode({ alg: other })}.${payload}.${signature}`;
        expect(await outcomeUnder(token, all)).toBe('auth.token_signature');
        expect(await outcomeUnder(await signWith(one, { kid: other }), all)).toBe('auth.token_algorithm');
      }
  });

  test('of a set is asked for by the algorithm of the set and the id in the header', async () => {
    const asked: unknown[] = [];
    const key = await publicKey('ES256');
    const set: [string, VerificationKey] = [
      'set',
      {
        algorithm: 'ES256',
        async find(id) {
          asked.push(id);
          return id === undefined || id === 'a/b+c=' ? [key] : [];
        },
      },
    ];

    expect(await outcomeUnder(await signWith('ES256'), [set])).toBe('set');
    expect(await outcomeUnder(await signWith('ES256', { kid: 'a/b+c=' }), [...keys, set])).toBe('set');
    expect(await outcomeUnder(await signWith('ES256', { kid: 'other' }), [set])).toBe('auth.token_key_unknown');
    expect(await outcomeUnder(await signWith('RS256', { kid: 'a/b+c=' }), [set])).toBe('auth.token_algorithm');
    expect(await outcomeUnder(sign(person, { alg: 'ES256', kid: ['a'] }), [set])).toBe('auth.token_key_unknown');
    expect(await outcomeUnder(sign(person, { alg: 'ES256', kid: 'x'.repeat(256) }), [set])).toBe(
      'auth.token_key_unknown',
    );
    expect(asked).toEqual([undefined, 'a/b+c=', 'other']);
  });

  test('of a set that was never fetched is no reason to accept anything', async () => {
    const set: [string, VerificationKey] = ['set', { algorithm: 'ES256', find: async () => undefined }];

    expect(await outcomeUnder(await signWith('ES256'), [set])).toBe('auth.token_key_set_unavailable');
    expect(await outcomeUnder(sign(person), [...keys, set])).toBe('first');
  });
});

test('A-12: a key is none any more from the second on in which it retires', async () => {
  const [id, key] = [...keys][0] ?? ['', undefined];
  if (!key) throw new Error('there is a key');
  const under = (retireAt: number, header = {}): Promise<string> =>
    verifyToken(
      sign(person, { alg: 'HS256', ...header }),
      { name: 'jwt', settings, keys: new Map([[id, { ...key, retireAt }]]) },
      now,
    ).then(
      () => 'verified',
      (error: unknown) => (error instanceof Failure ? error.code : String(error)),
    );

  expect(await under(now + 1)).toBe('verified');
  expect(await under(now)).toBe('auth.token_algorithm');
  expect(await under(now, { kid: id })).toBe('auth.token_key_unknown');
});

describe('the header', () => {
  test.each([
    ['A-08: an unknown critical extension', { crit: ['exp'], exp: 1 }],
    ['A-08: an empty list of critical extensions', { crit: [] }],
    ['A-08: an unencoded payload', { b64: false, crit: ['b64'] }],
    ['A-08: b64 without crit', { b64: true }],
    ['A-22: another type of token', { typ: 'at+jwt' }],
    ['A-22: a security event', { typ: 'secevent+jwt' }],
    ['a type that is no text', { typ: ['JWT'] }],
    ['a type that is null', { typ: null }],
  ])('is refused with %s', async (_what, members) => {
    expect(await outcomeOf(sign(person, { alg: 'HS256', ...members }))).toBe('auth.token_header');
  });

  test('A-09: brings no key, and nothing is fetched for it', async () => {
    const attacker = 'attacker attacker attacker attacker';
    let requests = 0;
    const trap = createServer((_request, response) => {
      requests += 1;
      response.end(JSON.stringify({ keys: [{ kty: 'oct', k: encode(attacker) }] }));
    }).listen(0, '127.0.0.1');
    await new Promise((resolve) => trap.once('listening', resolve));
    const url = `http://127.0.0.1:${(trap.address() as AddressInfo).port}/keys`;
    const jwk = { ...(await exportJWK(new TextEncoder().encode(attacker))), alg: 'HS256' };

    for (const members of [
      { jwk },
      { jku: url },
      { x5u: url },
      { x5c: [encode(attacker)] },
      { jku: url, kid: 'first' },
    ]) {
      expect(await outcomeOf(sign(person, { alg: 'HS256', ...members }, attacker))).toBe('auth.token_signature');
      expect(await outcomeOf(sign(person, { alg: 'HS256', ...members }))).toBe('verified');
    }

    expect(requests).toBe(0);
    await new Promise((resolve) => trap.close(resolve));
  });

  test.each([
    ["' OR 1=1--"],
    ['../../dev/null'],
    ['first\u0000'],
    [['first']],
    [{ first: 1 }],
    ['x'.repeat(10_000)],
    ['__proto__'],
    ['constructor'],
    ['toString'],
    [''],
    [null],
    [0],
    ['FIRST'],
    ['first '],
    ['\uFF46irst'],
  ])('A-10: names a configured key or none: %p', async (kid) => {
    const token = sign(person, { alg: 'HS256', kid });

    expect(await outcomeOf(token)).toBe(token.length > 8192 ? 'auth.token_malformed' : 'auth.token_key_unknown');
  });

  test('A-10: with a key id of any text is refused, and nothing else happens', async () => {
    await fc.assert(
      fc.asyncProperty(fc.string({ unit: anyCharacter, maxLength: 200 }), async (kid) => {
        expect(await outcomeOf(sign(person, { alg: 'HS256', kid }))).toBe('auth.token_key_unknown');
      }),
    );
  });
});

describe('issuer and audience', () => {
  test.each([
    ['the issuer', { iss: 'https://host.example' }, 'verified'],
    ['A-21: no issuer', {}, 'auth.token_issuer'],
    ['A-21: another issuer', { iss: 'https://host.example.evil' }, 'auth.token_issuer'],
    ['A-21: the issuer with a slash', { iss: 'https://host.example/' }, 'auth.token_issuer'],
    ['A-21: a list with the issuer', { iss: ['https://host.example'] }, 'auth.token_claim_invalid'],
    ['A-21: null', { iss: null }, 'auth.token_claim_invalid'],
  ])('%s', async (_what, claims, outcome) => {
    expect(await outcomeOf(sign({ ...person, ...claims }), { issuer: 'https://host.example' })).toBe(outcome);
  });

  test.each([
    ['the audience', { aud: 'sandgate' }, 'verified'],
    ['A-21: a list with the audience and others', { aud: ['other', 'sandgate'] }, 'verified'],
    ['A-21: no audience', {}, 'auth.token_audience'],
    ['A-21: another audience', { aud: 'sandgate2' }, 'auth.token_audience'],
    ['A-21: an audience that contains it', { aud: 'xsandgatex' }, 'auth.token_audience'],
    ['A-21: an empty list', { aud: [] }, 'auth.token_audience'],
    ['A-21: a list in a list', { aud: [['sandgate']] }, 'auth.token_audience'],
    ['A-21: a list with something else', { aud: ['sandgate', 5] }, 'auth.token_audience'],
    ['A-21: an object', { aud: { sandgate: true } }, 'auth.token_audience'],
  ])('%s', async (_what, claims, outcome) => {
    expect(await outcomeOf(sign({ ...person, ...claims }), { audience: 'sandgate' })).toBe(outcome);
  });

  test('are not asked for where they are not configured', async () => {
    expect(await outcomeOf(sign({ ...person, iss: 'anybody', aud: ['anything'] }))).toBe('verified');
  });
});

describe('the identity of a token', () => {
  const keyOf = async (claims: Record<string, unknown>, header?: unknown): Promise<string> =>
    (await verify(sign({ ...person, ...claims }, header))).token.key;

  test('A-23: with jti is the jti, whatever else it says', async () => {
    expect(await keyOf({ jti: 'a', x: 1 })).toBe(await keyOf({ jti: 'a', x: 2 }, { alg: 'HS256' }));
    expect(await keyOf({ jti: 'a' })).not.toBe(await keyOf({ jti: 'b' }));
    expect((await verify(sign({ ...person, jti: 'a' }))).token.once).toBe(true);
  });

  test('A-23: without jti is its signature', async () => {
    expect(await keyOf({ x: 1 })).toBe(await keyOf({ x: 1 }));
    expect(await keyOf({ x: 1 })).not.toBe(await keyOf({ x: 2 }));
    expect((await verify(sign(person))).token.once).toBe(false);
  });

  test.each([[''], [5], [null], [['a']], ['\ud800'], ['a\u0000']])('is refused for the jti %p', async (jti) => {
    expect(await outcomeOf(sign({ ...person, jti }))).toBe('auth.token_claim_invalid');
  });

  test('is the jti only, where the provider requires it', async () => {
    expect(await outcomeOf(sign(person), { requireJti: true })).toBe('auth.token_jti_required');
    expect(await outcomeOf(sign({ ...person, jti: 'a' }), { requireJti: true })).toBe('verified');
  });
});

test('A-14: claims with a member twice are refused although they are signed', async () => {
  const payload = '{"email":"rene@acme.example","iat":1800000000,"e\\u006dail":"admin@acme.example"}';

  expect(await outcomeOf(sign(payload))).toBe('auth.token_claims_malformed');
});

test('A-19: 1e400 is no time although JSON reads it', async () => {
  expect(await outcomeOf(sign('{"email":"rene@acme.example","exp":1e400}'))).toBe('auth.token_claim_invalid');
});

test('a token that is too old or has no address is refused although it is signed', async () => {
  expect(await outcomeOf(sign({ ...person, iat: now - 181 }))).toBe('auth.token_expired');
  expect(await outcomeOf(sign({ iat: now }))).toBe('auth.token_email_invalid');
  expect(await outcomeOf(sign({ ...person, groups: 5 }))).toBe('auth.token_groups_invalid');
});
