import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { parseStrictObject } from './parse-strict-object.js';

// fast-check's own `binary` first makes a map of all characters, for a second and a half in each test file.
const anyCharacter = fc.nat(0x10ffff).map((point) => String.fromCodePoint(point));

const parse = (text: string): ReadonlyMap<string, unknown> => parseStrictObject(Buffer.from(text));

const jsonObject = fc.dictionary(
  fc.string({ unit: 'grapheme', maxLength: 8 }),
  fc.oneof(fc.jsonValue({ maxDepth: 1, stringUnit: anyCharacter }), fc.string({ unit: anyCharacter })),
  { maxKeys: 8, noNullPrototype: true },
);

/** The same name with every character escaped. */
const escaped = (name: string): string =>
  `"${[...Array(name.length).keys()].map((at) => `\\u${name.charCodeAt(at).toString(16).padStart(4, '0')}`).join('')}"`;

describe('a strict JSON object', () => {
  test('is read as JSON reads it', () => {
    fc.assert(
      fc.property(jsonObject, fc.constantFrom(undefined, 1, '\t'), (object, indent) => {
        const text = JSON.stringify(object, undefined, indent);
        expect(parse(text)).toEqual(new Map(Object.entries(JSON.parse(text))));
      }),
    );
  });

  test('A-14: is refused with one member twice, however it is spelt', () => {
    const duplicated = fc.tuple(
      jsonObject,
      fc.string({ unit: 'grapheme', maxLength: 8 }),
      fc.boolean(),
      fc.constantFrom('', ' ', '\n\t'),
    );

    fc.assert(
      fc.property(duplicated, ([object, name, isEscaped, space]) => {
        const { [name]: _one, ...others } = object;
        const members = Object.entries(others).map(([key, value]) => `${JSON.stringify(key)}:${JSON.stringify(value)}`);
        const spelling = isEscaped ? escaped(name) : JSON.stringify(name);
        const text = `{${[...members, `${JSON.stringify(name)}:1`, `${spelling}${space}:2`].join(`,${space}`)}}`;
        expect(() => parse(text)).toThrow('a member twice');
      }),
    );
  });

  test.each([
    ['A-14: a duplicate inside an object', '{"a":{"b":1,"b":2}}', 'a member twice'],
    ['A-14: a duplicate inside a list', '{"a":[{"b":1,"b":2}]}', 'a member twice'],
    ['A-14: a duplicate after a string that looks like a member', '{"a":"\\"b\\":","b":1,"b":2}', 'a member twice'],
    ['A-16: five levels', '{"a":[[[[1]]]]}', 'too deep'],
    [
      'A-16: 101 members',
      JSON.stringify(Object.fromEntries(Array.from({ length: 101 }, (_, n) => [`c${n}`, n]))),
      'too many members',
    ],
    ['a list', '[]', 'not an object'],
    ['null', 'null', 'not an object'],
    ['a string', '"a"', 'not an object'],
  ])('%s is refused', (_what, text, reason) => {
    expect(() => parse(text)).toThrow(new SyntaxError(reason));
  });

  test.each([
    ['nothing', ''],
    ['a byte order mark', '\uFEFF{}'],
    ['a trailing comma', '{"a":1,}'],
    ['something after it', '{}{}'],
    ['a comment', '{/**/}'],
    ['NaN', '{"a":NaN}'],
    ['single quotes', "{'a':1}"],
  ])('%s is refused', (_what, text) => {
    expect(() => parse(text)).toThrow(SyntaxError);
  });

  test('is refused when it is not UTF-8', () => {
    expect(() => parseStrictObject(Buffer.from([0x7b, 0x22, 0xff, 0x22, 0x3a, 0x31, 0x7d]))).toThrow('not UTF-8');
  });

  test('keeps equal names apart that are in different objects', () => {
    expect(parse('{"a":{"b":1},"b":[{"b":1},{"b":2}]}').size).toBe(2);
  });

  test('A-15: gives __proto__ and constructor back as members, and changes no prototype', () => {
    const members = parse('{"__proto__":{"groups":["Admins"]},"constructor":1}');

    expect([...members.keys()]).toEqual(['__proto__', 'constructor']);
    expect(({} as { groups?: unknown }).groups).toBeUndefined();
  });

  test('A-82: takes time in proportion to its length', () => {
    const hostile = [
      '['.repeat(100_000),
      `{"a":${'"'.repeat(100_000)}`,
      `{${'"a" '.repeat(25_000)}`,
      `{"a":"${'\\"'.repeat(50_000)}"}`,
      `{"a"${' '.repeat(100_000)}:1}`,
    ];

    for (const text of hostile) {
      const started = performance.now();
      try {
        parse(text);
      } catch (error) {
        expect(error).toBeInstanceOf(SyntaxError);
      }
      // Quadratic time would be seconds.
      expect(performance.now() - started).toBeLessThan(1000);
    }
  });
});
