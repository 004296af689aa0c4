import { describe, expect, test } from '@jest/globals';
import { Failure, JwtProviderSettings } from '@sandgate/contracts';
import fc from 'fast-check';
import { decideTokenLife, longestTokenAgeSeconds } from './decide-token-life.js';

const now = 1_800_000_000;
const maxAge = 180;

const decide = (claims: Record<string, unknown>, at = now): string => {
  try {
    decideTokenLife(new Map(Object.entries(claims)), maxAge, at);
    return 'alive';
  } catch (error) {
    return error instanceof Failure ? error.code : String(error);
  }
};

describe('the life of a token', () => {
  test.each([
    ['A-18: neither exp nor iat', {}, 'auth.token_unbounded'],
    ['A-18: exp alone', { exp: now + 60 }, 'alive'],
    ['A-18: iat alone', { iat: now }, 'alive'],
    ['A-18: exp alone, ten minutes ahead', { exp: now + 600 }, 'alive'],
    ['exp alone, ten minutes ahead and rounded up by a clock that runs ahead', { exp: now + 605 }, 'alive'],
    ['A-18: exp alone, more than ten minutes ahead', { exp: now + 606 }, 'auth.token_unbounded'],
    ['A-18: exp a year after iat', { iat: now, exp: now + 31_536_000 }, 'alive'],
    ['exp that is reached', { iat: now - 10, exp: now }, 'auth.token_expired'],
    ['exp one second ahead', { iat: now - 10, exp: now + 1 }, 'alive'],
    ['iat as old as the maximum age', { iat: now - 180, exp: now + 600 }, 'auth.token_expired'],
    ['iat one second younger', { iat: now - 179, exp: now + 600 }, 'alive'],
    ['A-20: iat four seconds ahead', { iat: now + 4 }, 'alive'],
    ['A-20: iat five seconds ahead', { iat: now + 5 }, 'alive'],
    ['A-20: iat six seconds ahead', { iat: now + 6 }, 'auth.token_not_yet_valid'],
    ['A-20: iat half a minute ahead', { iat: now + 31 }, 'auth.token_not_yet_valid'],
    ['A-20: iat ten minutes ahead', { iat: now + 600 }, 'auth.token_not_yet_valid'],
    ['A-20: nbf four seconds ahead', { iat: now, nbf: now + 4 }, 'alive'],
    ['A-20: nbf five seconds ahead', { iat: now, nbf: now + 5 }, 'alive'],
    ['A-20: nbf six seconds ahead', { iat: now, nbf: now + 6 }, 'auth.token_not_yet_valid'],
    ['A-20: nbf half a minute ahead', { iat: now, nbf: now + 31 }, 'auth.token_not_yet_valid'],
    ['A-20: nbf ten minutes ahead', { iat: now, nbf: now + 600 }, 'auth.token_not_yet_valid'],
    ['A-20: iat four seconds ago', { iat: now - 4 }, 'alive'],
    ['A-20: iat half a minute ago', { iat: now - 31 }, 'alive'],
    ['A-20: iat ten minutes ago', { iat: now - 600 }, 'auth.token_expired'],
    ['A-20: exp four seconds ago', { iat: now - 10, exp: now - 4 }, 'auth.token_expired'],
    ['A-20: exp six seconds ago', { iat: now - 10, exp: now - 6 }, 'auth.token_expired'],
    ['A-20: exp half a minute ago', { iat: now - 40, exp: now - 31 }, 'auth.token_expired'],
    ['nbf in the past', { iat: now, nbf: 1 }, 'alive'],
  ])('%s', (_what, claims, outcome) => {
    expect(decide(claims)).toBe(outcome);
  });

  test.each([
    ['its exp', { iat: now - 10, exp: now + 31_536_000 }, now + 31_536_000],
    ['its exp without iat', { exp: now + 60 }, now + 60],
    ['iat plus the maximum age without exp', { iat: now - 10 }, now + 170],
  ])('a session that must not outlive it ends at %s', (_what, claims, end) => {
    expect(decideTokenLife(new Map(Object.entries(claims)), maxAge, now).endsAt).toBe(end);
  });

  test.each(['exp', 'iat', 'nbf'])('A-19: %s is a whole number of seconds within [1, 2^33]', (name) => {
    const odd = [
      Number.POSITIVE_INFINITY,
      Number.NEGATIVE_INFINITY,
      Number.NaN,
      -1,
      0,
      0.5,
      now + 0.5,
      now * 1000,
      2 ** 33 + 1,
      '5',
      `${now}`,
      [now],
      { now },
      null,
      true,
      '',
      [],
    ];

    for (const value of odd)
      expect([value, decide({ iat: now, exp: now + 60, [name]: value })]).toEqual([value, 'auth.token_claim_invalid']);
  });

  test('A-19: no number that JSON can hold makes a token live that is older than the maximum age', () => {
    fc.assert(
      fc.property(fc.option(fc.double()), fc.option(fc.maxSafeInteger()), (exp, iat) => {
        const claims = { ...(exp !== null && { exp }), ...(iat !== null && { iat }) };
        if (decide(claims) !== 'alive') return;
        expect(iat === null || (iat > now - maxAge && iat <= now + 5)).toBe(true);
        expect(exp === null || exp > now).toBe(true);
      }),
      { numRuns: 1000 },
    );
  });

  test('is remembered until no setting of the maximum age could let the token verify', () => {
    const until = (claims: Record<string, number>): number =>
      decideTokenLife(new Map(Object.entries(claims)), maxAge, now).rememberUntil;

    expect(until({ iat: now, exp: now + 600 })).toBe(now + 600);
    expect(until({ iat: now, exp: now + 86_400 })).toBe(now + longestTokenAgeSeconds);
    expect(until({ iat: now })).toBe(now + longestTokenAgeSeconds);
    expect(until({ exp: now + 60 })).toBe(now + 60);
    expect(JwtProviderSettings.shape.maxTokenAgeSeconds.safeParse(longestTokenAgeSeconds + 1).success).toBe(false);
  });
});
