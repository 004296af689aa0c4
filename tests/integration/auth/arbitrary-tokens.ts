import {
  constants,
  createHash,
  createHmac,
  createPublicKey,
  generateKeyPairSync,
  type KeyObject,
  privateEncrypt,
  randomBytes,
  randomUUID,
  sign as signBytes,
} from 'node:crypto';
import fc from 'fast-check';
import { anyCharacter } from '../../support/any-character.js';
import { anAddress, seconds } from './tokens.js';

type Algorithm = 'HS256' | 'RS256' | 'ES256' | 'EdDSA';

/** A provider as whoever signs for it knows it. */
export interface Signer {
  readonly name: string;
  readonly issuer: string;
  readonly audience: string;
  readonly algorithm: Algorithm;
  /** The text of a secret, or a private key. */
  readonly key: string | KeyObject;
  /** Refuses a token without `jti`. */
  readonly requiresJti: boolean;
  /** Ids by which its own keys go. */
  readonly keyIds: readonly string[];
}

/** A token on its way, and what was done to it. */
export interface Presented {
  readonly what: string;
  readonly token: string;
  readonly door: 'query' | 'body' | 'twice';
  readonly provider?: string;
}

/** JSON texts of members by name, in their order; a name may occur twice, and spelled as in JSON. */
type Members = readonly (readonly [name: string, json: string])[];
type Made = Pick<Presented, 'what' | 'token'> & { readonly provider?: string };

const json = (value: unknown): string => JSON.stringify(value) ?? 'null';
const membersOf = (values: Readonly<Record<string, unknown>>): Members =>
  Object.entries(values).map(([name, value]) => [name, json(value)] as const);
const objectOf = (members: Members): string =>
  `{${members.map(([name, text]) => `${name.startsWith('"') ? name : json(name)}:${text}`).join(',')}}`;
const without = (members: Members, name: string): Members => members.filter(([one]) => one !== name);
/** The JSON text of one member, changed where it stands. */
const changed = (members: Members, name: string, text: string): Members => [...without(members, name), [name, text]];
/** An address cannot hold half a character. */
const wellFormed = (text: string): string => Buffer.from(text).toString();
const encode = (bytes: string | Buffer): string => Buffer.from(bytes as string).toString('base64url');

/** A signature over any bytes, by any algorithm with any key that can make one. */
function signatureOf(input: string, algorithm: string, key: string | KeyObject): Buffer {
  const bytes = Buffer.from(input);
  const bits = /(?:256|384|512)$/.exec(algorithm)?.[0] ?? '256';
  if (algorithm.startsWith('HS')) return createHmac(`sha${bits}`, key).update(bytes).digest();
  if (algorithm === 'EdDSA') return signBytes(null, bytes, key as KeyObject);
  if (algorithm.startsWith('PS'))
    return signBytes(`sha${bits}`, bytes, { key: key as KeyObject, padding: constants.RSA_PKCS1_PSS_PADDING });
  return signBytes(`sha${bits}`, bytes, { key: key as KeyObject, dsaEncoding: 'ieee-p1363' });
}

const tokenOf = (header: string | Buffer, payload: string | Buffer, signer: Pick<Signer, 'algorithm' | 'key'>) => {
  const input = `${encode(header)}.${encode(payload)}`;
  return `${input}.${signatureOf(input, signer.algorithm, signer.key).toString('base64url')}`;
};

const headerOf = ({ algorithm }: Pick<Signer, 'algorithm'>): Members => membersOf({ alg: algorithm, typ: 'JWT' });
const claimsOf = ({ issuer, audience }: Signer): Members =>
  membersOf({
    iss: issuer,
    aud: audience,
    sub: randomUUID(),
    jti: randomUUID(),
    email: anAddress(),
    iat: seconds(),
    exp: seconds() + 600,
    groups: ['Customer Acme'],
    first_name: 'Rene',
    region: 'north',
  });

/** A token that is accepted, with members of the header that make no difference. */
export const validToken = (signer: Signer, more: Readonly<Record<string, unknown>> = {}): string =>
  tokenOf(objectOf([...headerOf(signer), ...membersOf(more)]), objectOf(claimsOf(signer)), signer);

/** One that nobody presents as it is, new every second: some signatures take longer than all the rest. */
function aTokenOf(signer: Signer): string {
  const known = latest.get(signer);
  if (known && known.second === seconds()) return known.token;
  const made = { second: seconds(), token: validToken(signer) };
  latest.set(signer, made);
  return made.token;
}
const latest = new Map<Signer, { readonly second: number; readonly token: string }>();

/** Attackers of each algorithm, whose keys are nobody's. */
const strangers: Readonly<Record<Algorithm, KeyObject | string>> = {
  HS256: randomBytes(32).toString('hex'),
  RS256: generateKeyPairSync('rsa', { modulusLength: 2048 }).privateKey,
  ES256: generateKeyPairSync('ec', { namedCurve: 'P-256' }).privateKey,
  EdDSA: generateKeyPairSync('ed25519').privateKey,
};
const p384 = generateKeyPairSync('ec', { namedCurve: 'P-384' }).privateKey;

/** Every text under which a public half is seen in the world, each of which must be no secret (A-02). */
function publicTexts(key: KeyObject): readonly (string | Buffer)[] {
  const half = createPublicKey(key);
  const pem = half.export({ type: 'spki', format: 'pem' }).toString();
  const jwk = half.export({ format: 'jwk' });
  const parts = [jwk.n, jwk.x, jwk.y].filter((part) => part !== undefined);
  return [
    pem,
    pem.trim(),
    pem.replaceAll('\n', '\r\n'),
    pem.replaceAll(/-----.*-----|\n/g, ''),
    half.export({ type: 'spki', format: 'der' }),
    JSON.stringify(jwk),
    ...parts,
    ...parts.map((part) => Buffer.from(part, 'base64url')),
  ];
}

const bits = fc.nat({ max: 7 });
const share = fc.double({ min: 0, max: 1, maxExcluded: true, noNaN: true });

/** Any edit of bytes. */
const byteEdit = fc.oneof(
  fc.record({ at: share, bit: bits }).map(({ at, bit }) => (bytes: Buffer) => {
    const copy = Buffer.from(bytes);
    const index = Math.floor(at * copy.length);
    copy[index] = (copy[index] ?? 0) ^ (1 << bit);
    return copy;
  }),
  fc.record({ at: share, byte: fc.nat({ max: 255 }) }).map(({ at, byte }) => (bytes: Buffer) => {
    const index = Math.floor(at * (bytes.length + 1));
    return Buffer.concat([bytes.subarray(0, index), Buffer.of(byte), bytes.subarray(index)]);
  }),
  share.map((at) => (bytes: Buffer) => {
    const index = Math.floor(at * bytes.length);
    return Buffer.concat([bytes.subarray(0, index), bytes.subarray(index + 1)]);
  }),
  share.map((at) => (bytes: Buffer) => bytes.subarray(0, Math.floor(at * bytes.length))),
  fc.uint8Array({ minLength: 1, maxLength: 64 }).map((more) => (bytes: Buffer) => Buffer.concat([bytes, more])),
  fc.uint8Array({ minLength: 0, maxLength: 600 }).map((other) => () => Buffer.from(other)),
  fc.constant((bytes: Buffer) => Buffer.from(bytes).reverse()),
);

const segments = (signer: Signer): Buffer[] =>
  aTokenOf(signer)
    .split('.')
    .map((segment) => Buffer.from(segment, 'base64url'));

/** Bytes of one part or two are others, spelled as they should be. */
const editedBytes = (signer: Signer): fc.Arbitrary<Made> =>
  fc
    .record({ edits: fc.array(byteEdit, { minLength: 1, maxLength: 2 }), at: fc.nat({ max: 2 }) })
    .map(({ edits, at }) => {
      const parts = segments(signer);
      for (const [n, edit] of edits.entries()) parts[(at + n) % 3] = edit(parts[(at + n) % 3] as Buffer);
      return { what: `bytes of part ${at}`, token: parts.map(encode).join('.') };
    });

const spacers = [
  '=',
  '==',
  ' ',
  '%20',
  '+',
  '/',
  '\n',
  '\r\n',
  '\t',
  '\u0000',
  '\u00a0',
  '\u200b',
  '\ufeff',
  '.',
  '..',
  '!',
];
const alphabet = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_';

/** The text is another: other spellings of the same bytes, characters too many or too few, parts in another order. */
const editedText = (signer: Signer): fc.Arbitrary<Made> =>
  fc
    .oneof(
      fc
        .record({ at: share, spacer: fc.constantFrom(...spacers) })
        .map(({ at, spacer }) => ({ what: `inserted ${JSON.stringify(spacer)}`, edit: insert(at, spacer) })),
      fc
        .record({ at: share, character: fc.string({ unit: anyCharacter, minLength: 1, maxLength: 3 }) })
        .map(({ at, character }) => ({ what: 'inserted any characters', edit: insert(at, wellFormed(character)) })),
      fc.record({ at: share, character: fc.constantFrom(...alphabet) }).map(({ at, character }) => ({
        what: `a character is ${character}`,
        edit: (text: string) => {
          const index = Math.floor(at * text.length);
          return text.slice(0, index) + character + text.slice(index + 1);
        },
      })),
      share.map((at) => ({ what: 'cut', edit: (text: string) => text.slice(0, Math.floor(at * text.length)) })),
      share.map((at) => ({
        what: 'cut in front',
        edit: (text: string) => text.slice(Math.ceil(at * text.length) || 1),
      })),
      fc.record({ part: fc.nat({ max: 2 }), character: fc.constantFrom(...alphabet) }).map(({ part, character }) => ({
        what: `another end of part ${part}`,
        edit: inPart(part, (text) => text.slice(0, -1) + character),
      })),
      fc.nat({ max: 2 }).map((part) => ({ what: `part ${part} padded`, edit: inPart(part, padded) })),
      fc.constantFrom(
        ...[
          ['standard base64', (text: string) => text.replaceAll('-', '+').replaceAll('_', '/')],
          ['lower case', (text: string) => text.toLowerCase()],
          ['upper case', (text: string) => text.toUpperCase()],
          ['encoded for an address', (text: string) => text.replaceAll('.', '%2E')],
          ['twice in a row', (text: string) => text + text],
          ['twice with a dot', (text: string) => `${text}.${text}`],
          ['twice with a comma', (text: string) => `${text},${text}`],
          ['parts in reverse', (text: string) => text.split('.').reverse().join('.')],
          ['without its signature', (text: string) => text.split('.').slice(0, 2).join('.')],
          ['an empty signature', (text: string) => text.replace(/[^.]*$/, '')],
          ['an empty header', (text: string) => text.replace(/^[^.]*/, '')],
          ['an empty payload', (text: string) => text.replace(/\.[^.]*\./, '..')],
          ['as a bearer token', (text: string) => `Bearer ${text}`],
          ['in quotes', (text: string) => `"${text}"`],
          ['in a list', (text: string) => JSON.stringify([text])],
          ['encoded once more', (text: string) => encode(text)],
          ['five parts', (text: string) => `${text}.AAAA.AAAA`],
          ['too long', (text: string) => text.padEnd(8193, 'A')],
          [
            'flattened JSON',
            jsonForm((protectedHeader, payload, signature) => ({ protected: protectedHeader, payload, signature })),
          ],
          [
            'general JSON',
            jsonForm((protectedHeader, payload, signature) => ({
              payload,
              signatures: [{ protected: protectedHeader, signature }],
            })),
          ],
        ].map(([what, edit]) => ({ what: what as string, edit: edit as (text: string) => string })),
      ),
    )
    .map(({ what, edit }) => {
      const token = aTokenOf(signer);
      const edited = edit(token);
      // Some edits find nothing to do.
      return { what, token: edited === token ? `${token}=` : edited };
    });

const insert =
  (at: number, more: string) =>
  (text: string): string => {
    const index = Math.floor(at * (text.length + 1));
    return text.slice(0, index) + more + text.slice(index);
  };
const inPart =
  (part: number, edit: (text: string) => string) =>
  (token: string): string =>
    token
      .split('.')
      .map((text, at) => (at === part ? edit(text) : text))
      .join('.');
const padded = (text: string): string => text.padEnd(Math.ceil((text.length + 1) / 4) * 4, '=');
const jsonForm =
  (form: (header: string, payload: string, signature: string) => unknown) =>
  (token: string): string => {
    const [header = '', payload = '', signature = ''] = token.split('.');
    return JSON.stringify(form(header, payload, signature));
  };

/** Two tokens of the provider, joined where they should not be: each part is genuine. */
const joined = (signer: Signer): fc.Arbitrary<Made> =>
  fc.constantFrom([0, 0, 1], [0, 1, 0], [1, 0, 0], [0, 1, 1], [1, 0, 1], [1, 1, 0]).map((which) => {
    const two = [validToken(signer, { first: true }).split('.'), aTokenOf(signer).split('.')];
    // Of the same header, and of the same signature, a token would be itself.
    return { what: `parts of tokens ${which}`, token: which.map((one, part) => two[one]?.[part]).join('.') };
  });

const ids = [
  "' OR 1=1--",
  '../../../../dev/null',
  '/dev/null',
  '__proto__',
  'constructor',
  'toString',
  '\u0000',
  '0',
  'undefined',
  '*',
  '',
];
const anyJson = fc.oneof(
  fc.constantFrom('null', 'true', 'false', '0', '-1', '1e400', '""', '[]', '{}', '[[]]', '[null]', '{"a":1}', '" "'),
  // An at sign alone can make an address.
  fc.json({ maxDepth: 2 }).filter((text) => !text.includes('@')),
);
const anyText = fc
  .oneof(fc.string({ unit: anyCharacter, maxLength: 40 }), fc.constantFrom(...ids))
  .map((text) => json(wellFormed(text)));

/** Signed by the right key, under a header that asks for something else. */
const headerOutsideTheRules = (signer: Signer, others: readonly Signer[]): fc.Arbitrary<Made> =>
  fc
    .oneof(
      fc
        .oneof(
          fc
            .constantFrom(
              'none',
              'None',
              'NONE',
              'nOnE',
              '',
              'HS384',
              'HS512',
              'RS512',
              'PS256',
              'ES384',
              'ES256K',
              'hs256',
              'dir',
            )
            .map(json),
          anyJson,
        )
        .filter((text) => text !== json(signer.algorithm))
        .map((text) => ['alg', text] as const),
      fc
        .oneof(
          fc.constantFrom('at+jwt', 'dpop+jwt', 'JWE', 'JWT ', 'jwt+x', 'application/at+jwt', 'ＪＷＴ').map(json),
          anyJson,
        )
        .filter((text) => !/^"(application\/)?jwt"$/i.test(text))
        .map((text) => ['typ', text] as const),
      fc
        .oneof(fc.constantFrom('["exp"]', '["b64"]', '["x"]', '["alg","typ"]'), anyJson)
        .map((text) => ['crit', text] as const),
      fc.oneof(fc.constantFrom('false', 'true'), anyJson).map((text) => ['b64', text] as const),
      fc
        .oneof(
          anyJson,
          anyText,
          fc.constantFrom(...others.flatMap(({ keyIds }) => keyIds)).map(json),
          fc.constant(json('x'.repeat(3000))),
        )
        .filter((text) => !signer.keyIds.some((id) => json(id) === text))
        .map((text) => ['kid', text] as const),
    )
    .map(([name, text]) => ({
      what: `header with ${name} ${text.slice(0, 60)}`,
      token: tokenOf(objectOf(changed(headerOf(signer), name, text)), objectOf(claimsOf(signer)), signer),
    }));

/** JSON that is no object with unique members, or not UTF-8, or too much of it. As a header and as a payload. */
const brokenObject = fc.oneof(
  fc
    .constantFrom(
      '[]',
      '"x"',
      '1',
      'null',
      'true',
      ' ',
      '{',
      '{}}',
      "{'a':1}",
      '{"a":NaN}',
      '{"a":01}',
      '{,}',
      '{"a":1,}',
    )
    .map((text) => ({ what: `instead of an object ${text}`, edit: () => Buffer.from(text) })),
  fc.constantFrom('{"a":1,"a":2}', '{"\\u0061":1,"a":2}', '{"__proto__":1,"__proto__":2}').map((nested) => ({
    what: `a nested member twice ${nested}`,
    edit: (members: Members) => Buffer.from(objectOf([...members, ['nested', nested]])),
  })),
  fc.record({ at: share, escaped: fc.boolean(), same: fc.boolean() }).map(({ at, escaped, same }) => ({
    what: 'a member twice',
    edit: (members: Members) => {
      const [name, text] = members[Math.floor(at * members.length)] as Members[number];
      const spelled = escaped
        ? `"${[...name].map((c) => `\\u${c.charCodeAt(0).toString(16).padStart(4, '0')}`).join('')}"`
        : name;
      return Buffer.from(objectOf([...members, [spelled, same ? text : '"another"']]));
    },
  })),
  fc.integer({ min: 4, max: 1500 }).map((depth) => ({
    what: `nested ${depth} deep`,
    edit: (members: Members) => Buffer.from(objectOf([...members, ['deep', '['.repeat(depth) + ']'.repeat(depth)]])),
  })),
  fc.integer({ min: 101, max: 400 }).map((count) => ({
    what: `${count} members`,
    edit: (members: Members) =>
      Buffer.from(objectOf([...members, ...Array.from({ length: count }, (_, n) => [`m${n}`, '1'] as const)])),
  })),
  fc.integer({ min: 8192, max: 20_000 }).map((length) => ({
    what: `${length} bytes`,
    edit: (members: Members) => Buffer.from(objectOf([...members, ['long', json('x'.repeat(length))]])),
  })),
  fc.constantFrom('fffe', 'c0af', 'eda080', 'f8808080', '80', 'c3').map((hex) => ({
    what: `bytes ${hex}, which are not UTF-8`,
    edit: (members: Members) => {
      const [head = '', tail = ''] = objectOf([...members, ['x', '"@"']]).split(/@(?="}$)/);
      return Buffer.concat([Buffer.from(head), Buffer.from(hex, 'hex'), Buffer.from(tail)]);
    },
  })),
  fc.constantFrom('\ufeff', '\u0000', '/**/', '\u00a0').map((front) => ({
    what: `${JSON.stringify(front)} in front`,
    edit: (members: Members) => Buffer.from(front + objectOf(members)),
  })),
  fc.constantFrom('x', '{}', ',', '\u0000', '//').map((behind) => ({
    what: `${JSON.stringify(behind)} behind`,
    edit: (members: Members) => Buffer.from(objectOf(members) + behind),
  })),
  fc.constant({ what: 'in UTF-16', edit: (members: Members) => Buffer.from(objectOf(members), 'utf16le') }),
);

const broken = (signer: Signer): fc.Arbitrary<Made> =>
  fc.record({ object: brokenObject, inHeader: fc.boolean() }).map(({ object: { what, edit }, inHeader }) => ({
    what: `${inHeader ? 'header' : 'payload'}: ${what}`,
    token: inHeader
      ? tokenOf(edit(headerOf(signer)), objectOf(claimsOf(signer)), signer)
      : tokenOf(objectOf(headerOf(signer)), edit(claimsOf(signer)), signer),
  }));

const notASecond = fc.oneof(
  fc.constantFrom('null', 'true', '"1"', '[]', '{}', '0', '-1', '0.5', '1e400', '-1e400', '1e-400', '""', '[1]'),
  fc.double({ noInteger: true, noNaN: true, noDefaultInfinity: true }).map(json),
  fc.integer({ min: 2 ** 33 + 1, max: Number.MAX_SAFE_INTEGER }).map(json),
  fc.integer({ max: 0 }).map(json),
  fc.string({ maxLength: 12 }).map((text) => json(text)),
);
const ahead = fc.integer({ min: 60, max: 2 ** 31 }).map((more) => json(seconds() + more));
const ago = (least: number): fc.Arbitrary<string> =>
  fc.integer({ min: least, max: 1_500_000_000 }).map((less) => json(seconds() - less));

const notAnAddress = fc.oneof(
  anyJson,
  fc
    .constantFrom(
      'a',
      '@',
      'a@',
      '@a',
      'a@b@c',
      'a b@c.example',
      '"a"@c.example',
      '<a@b.c>',
      'a@b.c,d@e.f',
      'a@b.c\n',
      ' a@b.c',
      'a@b..c',
      '.a@b.c',
      'a.@b.c',
      'a@-b.c',
      'a@b_c',
    )
    .map(json),
  fc.integer({ min: 65, max: 400 }).map((length) => json(`${'a'.repeat(length)}@b.example`)),
  fc
    .record({
      at: share,
      character: fc.string({ unit: 'grapheme', minLength: 1, maxLength: 2 }).filter((text) => !/^[ -~]*$/.test(text)),
    })
    .map(({ at, character }) => json(insert(at, character)(anAddress()))),
);
const notGroups = fc.oneof(
  fc.constantFrom(
    '1',
    'true',
    'false',
    '{}',
    '{"0":"a"}',
    '[1]',
    '[null]',
    '[["a"]]',
    '[{}]',
    '[""]',
    '""',
    '["\\u0000"]',
    '["\\ud800"]',
    '[true]',
  ),
  fc.integer({ min: 256, max: 900 }).map((length) => json(['x'.repeat(length)])),
  fc.integer({ min: 201, max: 600 }).map((length) => json(Array.from({ length }, (_, n) => `g${n}`))),
);
const notText = fc.constantFrom('null', 'true', 'false', '[]', '{}', '["a"]', '""', '"\\u0000"', '"\\udfff"');

/** Signed by the right key, with claims that no sign-in is made of. */
const claimsOutsideTheRules = (signer: Signer, others: readonly Signer[]): fc.Arbitrary<Made> => {
  const { issuer, audience } = signer;
  const change = (name: string, texts: fc.Arbitrary<string>) =>
    texts.map((text) => ({
      what: `claim ${name} ${text.slice(0, 60)}`,
      edit: (claims: Members) => changed(claims, name, text),
    }));
  const drop = (...names: string[]) =>
    fc.constant({ what: `no claim ${names}`, edit: (claims: Members) => names.reduce(without, claims) });
  return fc
    .oneof(
      change('exp', fc.oneof(notASecond, ago(1))),
      // Longer ago than the longest age that a token may have.
      change('iat', fc.oneof(notASecond, ahead, ago(3601))),
      change('nbf', fc.oneof(notASecond, ahead)),
      drop('exp', 'iat'),
      fc.integer({ min: 700, max: 2 ** 31 }).map((more) => ({
        what: `no iat and exp ${more} s ahead`,
        edit: (claims: Members) => changed(without(claims, 'iat'), 'exp', json(seconds() + more)),
      })),
      change(
        'iss',
        fc.oneof(
          anyJson,
          anyText,
          fc
            .constantFrom(...others.map((one) => one.issuer), `${issuer}/`, issuer.toUpperCase(), ` ${issuer}`)
            .map(json),
          fc.constant(json([issuer])),
        ),
      ),
      change(
        'aud',
        fc.oneof(
          anyJson,
          anyText,
          fc.constantFrom(
            json([audience, 5]),
            json([[audience]]),
            json({ 0: audience }),
            json(`${audience} `),
            json([]),
          ),
        ),
      ),
      drop('iss'),
      drop('aud'),
      change('email', notAnAddress),
      drop('email'),
      change('groups', notGroups),
      change('sub', fc.oneof(notText, fc.constantFrom('1.5', '9007199254740993', '1e400', json('x'.repeat(256))))),
      change('jti', fc.oneof(notText, fc.constantFrom('1', '1e400'))),
      ...(signer.requiresJti ? [drop('jti')] : []),
    )
    .map(({ what, edit }) => ({
      what,
      token: tokenOf(objectOf(headerOf(signer)), objectOf(edit(claimsOf(signer))), signer),
    }));
};

/** Everything right but the key. */
const signedByAnother = (signer: Signer, others: readonly Signer[], trap: string): fc.Arbitrary<Made> => {
  const stranger = strangers[signer.algorithm];
  const jwk =
    typeof stranger === 'string'
      ? { kty: 'oct', k: encode(stranger) }
      : createPublicKey(stranger).export({ format: 'jwk' });
  const asymmetric = [signer, ...others].flatMap(({ key }) => (typeof key === 'string' ? [] : publicTexts(key)));
  return fc.oneof(
    fc
      .constantFrom<Readonly<Record<string, unknown>>>(
        {},
        { jwk },
        { jku: `${trap}/jku`, kid: 'stranger' },
        { x5u: `${trap}/x5u` },
        { x5c: [encode(randomBytes(300))], x5t: encode(randomBytes(20)) },
        { kid: signer.keyIds[0], jwk: { ...jwk, kid: signer.keyIds[0] } },
        { cty: 'JWT', zip: 'DEF', jku: `${trap}/jku`, jwk },
      )
      .map((more) => ({
        what: `signed by a stranger, header with ${Object.keys(more)}`,
        token: tokenOf(objectOf([...headerOf(signer), ...membersOf(more)]), objectOf(claimsOf(signer)), {
          ...signer,
          key: stranger,
        }),
      })),
    fc.constantFrom(...others).map((other) => ({
      what: `signed by ${other.name}, in the name of ${signer.name}`,
      token: tokenOf(objectOf(headerOf(other)), objectOf(claimsOf(signer)), other),
    })),
    fc.constantFrom(...others).map((other) => ({
      what: `signed by ${other.name} under the algorithm of ${signer.name}`,
      token: tokenOf(objectOf(headerOf(signer)), objectOf(claimsOf(signer)), other),
    })),
    fc
      .record({
        text: fc.constantFrom(...asymmetric, '', 'secret', '\u0000'),
        bits: fc.constantFrom('256', '384', '512'),
      })
      .map(({ text, bits }) => {
        const alg = `HS${bits}`;
        const input = `${encode(json({ alg, typ: 'JWT' }))}.${encode(objectOf(claimsOf(signer)))}`;
        const mac = createHmac(`sha${bits}`, text).update(input).digest('base64url');
        return { what: `${alg} with what is public as its secret`, token: `${input}.${mac}` };
      }),
    fc.constantFrom('genuine', 'none').map((inner) => ({
      what: `a token within a token, ${inner}`,
      token: tokenOf(
        objectOf([...headerOf(signer), ['cty', '"JWT"']]),
        inner === 'genuine' ? aTokenOf(signer) : `${encode('{"alg":"none"}')}.${encode(objectOf(claimsOf(signer)))}.`,
        inner === 'genuine' ? signer : { ...signer, key: stranger },
      ),
    })),
  );
};

const order = Buffer.from('ffffffff00000000ffffffffffffffffbce6faada7179e84f3b9cac2fc632551', 'hex');
const little = (hex: string): bigint => BigInt(`0x${Buffer.from(hex, 'hex').reverse().toString('hex')}`);
const ed25519Order = little('edd3f55c1a631258d69cf7a2def9de1400000000000000000000000000000010');

/** The right header and claims, and signatures as broken verifications have taken them. */
const forgedSignature = (signer: Signer): fc.Arbitrary<Made> => {
  const { algorithm, key } = signer;
  const forgeries: Record<string, (input: string, right: Buffer) => Buffer> = {
    'of the payload alone': (input) => signatureOf(input.split('.')[1] ?? '', algorithm, key),
    'of the header alone': (input) => signatureOf(input.split('.')[0] ?? '', algorithm, key),
    'of the decoded parts': (input) =>
      signatureOf(
        input
          .split('.')
          .map((part) => Buffer.from(part, 'base64url').toString())
          .join('.'),
        algorithm,
        key,
      ),
    'of the hash': (input) =>
      signatureOf(createHash('sha256').update(input).digest().toString('latin1'), algorithm, key),
    'a byte short': (_input, right) => right.subarray(0, -1),
    'a byte short in front': (_input, right) => right.subarray(1),
    'a zero in front': (_input, right) => Buffer.concat([Buffer.alloc(1), right]),
    'a zero behind': (_input, right) => Buffer.concat([right, Buffer.alloc(1)]),
    'in halves that are swapped': (_input, right) =>
      Buffer.concat([right.subarray(right.length / 2), right.subarray(0, right.length / 2)]),
    'in hex': (_input, right) => Buffer.from(right.toString('hex')),
    'in base64 once more': (_input, right) => Buffer.from(right.toString('base64url')),
  };
  if (algorithm === 'HS256')
    Object.assign(forgeries, {
      'the SHA-512 of it': (input: string) => signatureOf(input, 'HS512', key),
      'a hash without a key': (input: string) => createHash('sha256').update(input).digest(),
      'a hash of the key and it': (input: string) => createHash('sha256').update(`${key}${input}`).digest(),
      'half of it': (_input: string, right: Buffer) => right.subarray(0, 16),
    });
  if (algorithm === 'RS256')
    Object.assign(forgeries, {
      'with PSS': (input: string) => signatureOf(input, 'PS256', key),
      'with SHA-512': (input: string) => signatureOf(input, 'RS512', key),
      'without the name of the hash': (input: string) =>
        privateEncrypt(key as KeyObject, createHash('sha256').update(input).digest()),
    });
  if (algorithm === 'ES256')
    Object.assign(forgeries, {
      'in DER': (input: string) => signBytes('sha256', Buffer.from(input), key as KeyObject),
      'with SHA-512': (input: string) =>
        signBytes('sha512', Buffer.from(input), { key: key as KeyObject, dsaEncoding: 'ieee-p1363' }),
      'r and s the order': () => Buffer.concat([order, order]),
      'r zero': (_input: string, right: Buffer) => Buffer.concat([Buffer.alloc(32), right.subarray(32)]),
      's the order': (_input: string, right: Buffer) => Buffer.concat([right.subarray(0, 32), order]),
      'r and s one': () => Buffer.concat([Buffer.alloc(31), Buffer.of(1), Buffer.alloc(31), Buffer.of(1)]),
      'of another curve': (input: string) => signatureOf(input, 'ES384', p384),
    });
  if (algorithm === 'EdDSA')
    Object.assign(forgeries, {
      // The same modulo the order, which RFC 8032 section 5.1.7 tells to refuse.
      'with the order added': (_input: string, right: Buffer) => {
        const sum = little(right.subarray(32).toString('hex')) + ed25519Order;
        return Buffer.concat([right.subarray(0, 32), Buffer.from(sum.toString(16).padStart(64, '0'), 'hex').reverse()]);
      },
      'of the neutral element': () => Buffer.concat([Buffer.of(1), Buffer.alloc(63)]),
    });
  const zeros = fc.nat({ max: 512 }).map((length) => ({ what: `${length} zeros`, forge: () => Buffer.alloc(length) }));
  const any = fc
    .uint8Array({ minLength: 1, maxLength: 300 })
    .map((bytes) => ({ what: 'any bytes', forge: () => Buffer.from(bytes) }));
  const known = fc.constantFrom(...Object.entries(forgeries).map(([what, forge]) => ({ what, forge })));
  return fc.oneof(known, known, zeros, any).map(({ what, forge }) => {
    const input = `${encode(objectOf(headerOf(signer)))}.${encode(objectOf(claimsOf(signer)))}`;
    const forged = forge(input, signatureOf(input, algorithm, key));
    return { what: `signature ${what}`, token: `${input}.${encode(forged)}` };
  });
};

/** Claims are others, and the signature is that of before. */
const claimsUnderAnotherSignature = (signer: Signer): fc.Arbitrary<Made> =>
  fc
    .constantFrom<readonly [string, unknown]>(
      ['email', 'admin@acme.example'],
      ['groups', ['Administrators']],
      ['sub', 'somebody else'],
      ['exp', seconds() + 500],
      ['region', 'south'],
      ['added', true],
    )
    .map(([name, value]) => {
      const claims = claimsOf(signer);
      const [header, , signature] = tokenOf(objectOf(headerOf(signer)), objectOf(claims), signer).split('.');
      return {
        what: `claim ${name} changed afterwards`,
        token: [header, encode(objectOf(changed(claims, name, json(value)))), signature].join('.'),
      };
    });

/** A token that is right, presented as one of another provider. */
const toAnother = (signer: Signer, others: readonly Signer[]): fc.Arbitrary<Made> =>
  fc.constantFrom(...others.map(({ name }) => name), 'nobody', '', 'password').map((provider) => ({
    what: `of ${signer.name}, presented to ${JSON.stringify(provider)}`,
    token: aTokenOf(signer),
    provider,
  }));

/**
 * Tokens that are not to be accepted, whoever looks: each is another text than any that was signed, or is signed by the right key and outside of one rule.
 * One variation is left out on purpose, a signature of ES256 in its other form, which is the same token: `replay.test.ts`.
 */
export function arbitraryMutation(signers: readonly Signer[], trap: string): fc.Arbitrary<Presented> {
  const ofSigners = signers.map((signer) => {
    const others = signers.filter((one) => one !== signer);
    return fc.oneof(
      { weight: 6, arbitrary: editedBytes(signer) },
      { weight: 6, arbitrary: editedText(signer) },
      { weight: 1, arbitrary: joined(signer) },
      { weight: 3, arbitrary: headerOutsideTheRules(signer, others) },
      { weight: 3, arbitrary: broken(signer) },
      { weight: 5, arbitrary: claimsOutsideTheRules(signer, others) },
      { weight: 2, arbitrary: signedByAnother(signer, others, trap) },
      { weight: 3, arbitrary: forgedSignature(signer) },
      { weight: 1, arbitrary: claimsUnderAnotherSignature(signer) },
      { weight: 1, arbitrary: toAnother(signer, others) },
    );
  });
  const door = fc.oneof(
    { weight: 30, arbitrary: fc.constant('query' as const) },
    { weight: 10, arbitrary: fc.constant('body' as const) },
    { weight: 1, arbitrary: fc.constant('twice' as const) },
  );
  return fc.record({ made: fc.oneof(...ofSigners), door }).map(({ made: one, door: through }) => ({
    ...one,
    // An address has its limits, which are not those of a token.
    door: encodeURIComponent(one.token).length > 12_000 ? 'body' : through,
  }));
}
