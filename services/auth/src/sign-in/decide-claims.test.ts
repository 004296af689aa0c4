import { describe, expect, test } from '@jest/globals';
import { Attributes, ClaimedGroups, Failure } from '@sandgate/contracts';
import fc from 'fast-check';
import { type DecidedClaims, decideClaims } from './decide-claims.js';

// fast-check's own `binary` first makes a map of all characters, for a second and a half in each test file.
const anyCharacter = fc.nat(0x10ffff).map((point) => String.fromCodePoint(point));

const names = { emailClaim: 'email', firstNameClaim: 'first_name', lastNameClaim: 'last_name', groupsClaim: 'groups' };

const decide = (claims: Record<string, unknown>, settings = names): DecidedClaims =>
  decideClaims(new Map([['email', 'rene@acme.example'], ...Object.entries(claims)]), settings);

const attributesOf = (claims: Record<string, unknown>): Record<string, unknown> => ({
  ...decide(claims).claims.attributes,
});

describe('names', () => {
  test('are taken as they are', () => {
    expect(decide({ first_name: 'Rene', last_name: 'Müller' }).claims).toMatchObject({
      firstName: 'Rene',
      lastName: 'Müller',
    });
  });

  test.each([[null], [5], [['Rene']], [{}], ['x'.repeat(256)], ['a\u0000b'], ['\ud800']])(
    'that cannot be stored are dropped and stay as they were: %p',
    (value) => {
      const { claims, dropped } = decide({ first_name: value });

      expect('firstName' in claims).toBe(false);
      expect(dropped).toEqual(['first_name']);
    },
  );

  test('that are absent stay as they were', () => {
    expect(Object.keys(decide({}).claims)).toEqual(['attributes', 'groups']);
  });
});

describe('the groups claim', () => {
  test.each([
    ['A-38: a list', ['B', 'A'], { presence: 'listed', names: ['A', 'B'] }],
    ['A-38: an empty list', [], { presence: 'listed', names: [] }],
    ['A-38: null', null, { presence: 'null' }],
    ['a bare string', 'Customer-Acme', { presence: 'listed', names: ['Customer-Acme'] }],
    ['a name twice', ['A', 'A'], { presence: 'listed', names: ['A'] }],
    [
      'A-37: names that differ in case or space',
      ['Administrators', 'administrators', ' Administrators'],
      { presence: 'listed', names: [' Administrators', 'Administrators', 'administrators'] },
    ],
    ['A-37: constructor', ['constructor', '__proto__'], { presence: 'listed', names: ['__proto__', 'constructor'] }],
    ['A-16: 200 names', Array.from({ length: 200 }, (_, n) => `${1000 + n}`), expect.anything()],
  ])('%s', (_what, groups, expected) => {
    expect(decide({ groups }).claims.groups).toEqual(expected);
  });

  test('A-38: absent is a meaning of its own', () => {
    expect(decide({}).claims.groups).toEqual({ presence: 'absent' });
  });

  test.each([
    ['A-38: a number', 5],
    ['A-38: true', true],
    ['A-38: an object', { 0: 'A' }],
    ['A-38: a nested list', [['A']]],
    ['A-38: a list with a number', ['A', 5]],
    ['A-38: a list with null', ['A', null]],
    ['A-38: a list with an empty name', ['']],
    ['an empty string', ''],
    ['A-16: 201 names', Array.from({ length: 201 }, (_, n) => `${n}`)],
    ['A-38: 100,000 entries', Array.from({ length: 100_000 }, () => 'A')],
    ['a name of 256 characters', ['x'.repeat(256)]],
    ['NUL in a name', ['a\u0000']],
    ['a lone surrogate in a name', ['\udc00']],
  ])('refuses the sign-in for %s', (_what, groups) => {
    expect(() => decide({ groups })).toThrow(new Failure('auth.token_groups_invalid'));
  });

  test('A-38: of whatever JSON is either refused or fits the contract', () => {
    fc.assert(
      fc.property(fc.jsonValue({ stringUnit: anyCharacter }), (groups) => {
        try {
          const claimed = decide({ groups }).claims.groups;
          expect(ClaimedGroups.safeParse({ provider: 'jwt', names: [], ...claimed }).success).toBe(true);
        } catch (error) {
          expect(error).toEqual(new Failure('auth.token_groups_invalid'));
        }
      }),
    );
  });
});

describe('attributes', () => {
  test('keep their JSON types', () => {
    const claims = { account_id: 28, region: 'EU', beta: true, ratio: 0.25, regions: ['EU', 'US'], none: [], '': 'x' };

    expect(attributesOf(claims)).toEqual({
      account_id: 28,
      region: 'EU',
      beta: true,
      ratio: 0.25,
      regions: ['EU', 'US'],
      none: [],
    });
  });

  test('are all claims but the registered ones, those of the protocol, and the ones that settings name', () => {
    const protocol = {
      iss: 'i',
      sub: 's',
      aud: 'a',
      exp: 1,
      nbf: 1,
      iat: 1,
      jti: 'j',
      nonce: 'n',
      sid: 's',
      azp: 'a',
      at_hash: 'h',
      c_hash: 'h',
      auth_time: 1,
      acr: '1',
      amr: ['pwd'],
    };
    const { claims, dropped } = decide({ ...protocol, groups: [], first_name: 'R', last_name: 'M', client_id: 7 });

    expect({ ...claims.attributes }).toEqual({ client_id: 7 });
    expect(dropped).toEqual([]);
  });

  test('follow the names of the settings, exactly', () => {
    const claims = { mail: 'Rene@acme.example', GrOuPs: ['A'], groups: ['B'], first_name: 'R' };
    const decided = decideClaims(new Map(Object.entries(claims)), {
      ...names,
      emailClaim: 'mail',
      groupsClaim: 'GrOuPs',
      firstNameClaim: 'given',
    });

    expect(decided.email).toBe('rene@acme.example');
    expect(decided.claims.groups).toEqual({ presence: 'listed', names: ['A'] });
    expect({ ...decided.claims.attributes }).toEqual({ groups: ['B'], first_name: 'R' });
  });

  test.each([
    ['null', null],
    ['an object', { a: 1 }],
    ['A-55: an operator', { not: -1 }],
    ['a nested list', [[1]]],
    ['a list with null', [1, null]],
    ['A-16: text of 1,025 characters', 'x'.repeat(1025)],
    ['a list of 201', Array.from({ length: 201 }, () => 1)],
    ['A-16: NUL', 'a\u0000b'],
    ['A-16: a lone surrogate', '\ud800'],
    ['infinity, which 1e400 is', Number.POSITIVE_INFINITY],
    ['2^53 + 1, which JSON reads as 2^53', JSON.parse('9007199254740993')],
    ['a list with a number that is not exact', [1, 2 ** 60]],
  ])('that cannot be stored are dropped and named: %s', (_what, value) => {
    const { claims, dropped } = decide({ account_id: 28, odd: value });

    expect({ ...claims.attributes }).toEqual({ account_id: 28 });
    expect(dropped).toEqual(['odd']);
  });

  test.each(['@tenant', '__proto__', 'constructor', 'prototype', 'x'.repeat(129), 'a\u0000', '\udfff', ''])(
    'A-15: are never named %p',
    (name) => {
      const { claims, dropped } = decide(Object.fromEntries([[name, 'x']]));

      expect(Object.keys(claims.attributes)).toEqual([]);
      expect(dropped).toEqual([name]);
      expect(({} as { x?: unknown }).x).toBeUndefined();
    },
  );

  test('A-36: take what names a column of an account like any other claim', () => {
    const columns = {
      id: 'x',
      email_verified: true,
      is_superuser: true,
      status: 'active',
      password: 'p',
      password_hash: 'h',
      first_administrator: true,
      role: 'admin',
      claims_version: 9,
    };

    expect(attributesOf(columns)).toEqual(columns);
  });

  test('A-55: of whatever JSON fit the contract', () => {
    fc.assert(
      fc.property(
        fc.dictionary(fc.string({ unit: anyCharacter }), fc.jsonValue({ stringUnit: anyCharacter }), {
          noNullPrototype: true,
        }),
        (claims) => {
          expect(
            Attributes.safeParse(
              decideClaims(new Map([...Object.entries(claims), ['email', 'a@b.c'], ['groups', null]]), names).claims
                .attributes,
            ).success,
          ).toBe(true);
        },
      ),
    );
  });
});

test.each([[undefined], [null], [5], [['rene@acme.example']], ['rene@acme.example,b@c.d'], ['m\u0131ke@acme.example']])(
  'A-33: an e-mail claim that is no address refuses the sign-in: %p',
  (email) => {
    expect(() => decide({ email })).toThrow(new Failure('auth.token_email_invalid'));
  },
);
