import { describe, expect, test } from '@jest/globals';
import { Failure } from '@sandgate/contracts';
import fc from 'fast-check';
import { readClaims, readToken } from './read-token.js';

// fast-check's own `binary` first makes a map of all characters, for a second and a half in each test file.
const anyCharacter = fc.nat(0x10ffff).map((point) => String.fromCodePoint(point));

const encode = (value: unknown): string => Buffer.from(JSON.stringify(value)).toString('base64url');
const token = `${encode({ alg: 'HS256' })}.${encode({ email: 'rene@acme.example' })}.${Buffer.alloc(32, 7).toString('base64url')}`;

const refusalOf = (text: string): string | undefined => {
  try {
    readToken(text);
    return undefined;
  } catch (error) {
    return error instanceof Failure ? error.code : String(error);
  }
};

describe('the gate before the verification', () => {
  test('lets a compact token through and takes it apart', () => {
    const read = readToken(token);

    expect(read.header).toEqual(new Map([['alg', 'HS256']]));
    expect(readClaims(read)).toEqual(new Map([['email', 'rene@acme.example']]));
    expect(read.signature).toEqual(Buffer.alloc(32, 7));
  });

  test('A-05: refuses every other spelling of the same bytes', () => {
    const alphabet = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_';
    const segments = token.split('.');
    const aliases = segments.flatMap((segment, index) =>
      [...alphabet].flatMap((last) => {
        const alias = segment.slice(0, -1) + last;
        const isSameBytes = Buffer.from(alias, 'base64url').equals(Buffer.from(segment, 'base64url'));
        return isSameBytes && alias !== segment ? [segments.with(index, alias).join('.')] : [];
      }),
    );
    // 32 bytes leave two bits of the last character free.
    expect(aliases.length).toBeGreaterThanOrEqual(3);

    const spacers = ['=', '==', ' ', '\n', '\r\n', '\t', '\u0000', '\uFEFF', '+', '/', '.', '%20'];
    const inserted = spacers.flatMap((spacer) =>
      Array.from({ length: token.length + 1 }, (_, at) => token.slice(0, at) + spacer + token.slice(at)),
    );

    for (const spelling of [...aliases, ...inserted]) expect(refusalOf(spelling)).toBe('auth.token_malformed');
  });

  test.each([
    ['nothing', ''],
    ['two segments', token.split('.').slice(0, 2).join('.')],
    ['A-01: an empty signature', `${token.split('.').slice(0, 2).join('.')}.`],
    ['A-07: five segments', `${token}.AAAA.AAAA`],
    ['A-06: the flattened JSON form', JSON.stringify({ protected: 'e30', payload: 'e30', signature: 'AAAA' })],
    ['standard base64', token.replace('.', '+.')],
    ['a segment of one character', `${token.slice(0, -1).split('.').slice(0, 2).join('.')}.A`],
    ['a header that is a list', `${encode([])}.e30.AAAA`],
    ['A-14: a header with alg twice', `${Buffer.from('{"alg":"none","alg":"HS256"}').toString('base64url')}.e30.AAAA`],
  ])('refuses %s', (_what, text) => {
    expect(refusalOf(text)).toBe('auth.token_malformed');
  });

  test('A-16: takes 8 KiB and not a character more', () => {
    const ofLength = (length: number): string => {
      const rest = `${encode({ alg: 'HS256' })}..AAAA`.length;
      return `${encode({ alg: 'HS256' })}.${'A'.repeat(length - rest)}.AAAA`;
    };

    expect(refusalOf(ofLength(8192))).toBeUndefined();
    expect(refusalOf(ofLength(8196))).toBe('auth.token_malformed');
  });

  test('A-82: answers any text with the refusal and never throws anything else', () => {
    fc.assert(
      fc.property(fc.string({ unit: anyCharacter, maxLength: 200 }), (text) => {
        expect(refusalOf(text)).toBe('auth.token_malformed');
      }),
    );
  });

  test('refuses claims that are no strict object only when they are read', () => {
    const read = readToken(`${encode({ alg: 'HS256' })}.${encode('foo')}.AAAA`);

    expect(() => readClaims(read)).toThrow(new Failure('auth.token_claims_malformed'));
  });
});
