import { describe, expect, test } from '@jest/globals';
import { type AskedProvider, decideSignInAddress } from './decide-sign-in-address.js';

const jwt = undefined;

describe('where a browser without a token signs in', () => {
  test.each<[AskedProvider, { jwt: boolean; oidc: string[] }, string | undefined]>([
    [{}, { jwt: true, oidc: [] }, jwt],
    [{}, { jwt: true, oidc: ['a'] }, jwt],
    [{}, { jwt: false, oidc: ['a'] }, 'a'],
    [{ provider: 'a' }, { jwt: true, oidc: ['a', 'b'] }, 'a'],
    [{ provider: 'jwt' }, { jwt: true, oidc: ['a'] }, jwt],
    [{ provider: 'a', preferredMethod: 'b' }, { jwt: true, oidc: ['a', 'b'] }, 'a'],
    [{ preferredMethod: 'b' }, { jwt: true, oidc: ['a', 'b'] }, 'b'],
    [{ preferredMethod: 'oidc' }, { jwt: true, oidc: ['a'] }, 'a'],
    [{ preferredMethod: 'jwt' }, { jwt: true, oidc: ['a'] }, jwt],
    [{ preferredMethod: 'saml' }, { jwt: true, oidc: ['a'] }, jwt],
    [{}, { jwt: false, oidc: [] }, jwt],
    [{ provider: 'jwt' }, { jwt: false, oidc: ['a'] }, jwt],
    [{ provider: 'unknown' }, { jwt: false, oidc: ['a'] }, jwt],
    [{ preferredMethod: 'oidc' }, { jwt: true, oidc: [] }, jwt],
  ])('%j with %j is %s', (asked, enabled, expected) => {
    expect(decideSignInAddress(asked, enabled)).toBe(expected);
  });

  test.each<AskedProvider>([{}, { preferredMethod: 'oidc' }])('has to be named among several: %j', (asked) => {
    expect(() => decideSignInAddress(asked, { jwt: asked.preferredMethod === 'oidc', oidc: ['a', 'b'] })).toThrow(
      expect.objectContaining({ code: 'auth.provider_required' }),
    );
  });
});
