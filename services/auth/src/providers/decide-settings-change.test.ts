import { describe, expect, test } from '@jest/globals';
import { Failure, type JwtProviderSettings } from '@sandgate/contracts';
import {
  decideSettingsChange,
  faultsForKeySet,
  jwtProviderDefaults,
  requireIssuerKept,
} from './decide-settings-change.js';

const current = jwtProviderDefaults;

const faultsOf = (change: Partial<JwtProviderSettings>): unknown => {
  try {
    return decideSettingsChange(current, change);
  } catch (error) {
    return error instanceof Failure && error.code === 'auth.settings_invalid' ? error.details?.['faults'] : error;
  }
};

describe('a change of the provider settings', () => {
  test('keeps what it leaves out', () => {
    expect(decideSettingsChange(current, { enabled: true, issuer: undefined })).toEqual({ ...current, enabled: true });
  });

  test('may take an address from sub', () => {
    expect(decideSettingsChange(current, { emailClaim: 'sub' }).emailClaim).toBe('sub');
  });

  test('is refused with every fault', () => {
    expect(faultsOf({ emailClaim: 'exp', firstNameClaim: '__proto__', groupsClaim: 'last_name' })).toEqual([
      'emailClaim: exp says something about the token, not about the person',
      'firstNameClaim: is not a name that a claim can have',
      'lastNameClaim: another setting names the same claim',
    ]);
  });

  test('A-21: that takes issuer or audience from beside a key set is refused, and no other', () => {
    const beside = { ...current, issuer: 'https://login.example', audience: 'sandgate' };
    const keys = [{ kind: 'secret' }, { kind: 'jwks' }] as const;

    expect(() => decideSettingsChange(beside, { issuer: null, audience: null }, keys)).toThrow(
      expect.objectContaining({
        details: {
          faults: [
            'issuer: has to stay while there is a key set at an address',
            'audience: has to stay while there is a key set at an address',
          ],
        },
      }),
    );
    expect(decideSettingsChange(beside, { audience: 'another' }, keys).audience).toBe('another');
    expect(decideSettingsChange(beside, { issuer: null }, [{ kind: 'public-key' }]).issuer).toBeNull();
  });
});

test('A-21: what a provider lacks for a key set is named', () => {
  expect(faultsForKeySet({ issuer: null, audience: null })).toHaveLength(2);
  expect(faultsForKeySet({ issuer: 'https://login.example', audience: null })).toEqual([
    'audience: has to be set before there is a key set at an address',
  ]);
  expect(faultsForKeySet({ issuer: 'https://login.example', audience: 'sandgate' })).toEqual([]);
});

test.each<[string | null, string | null, boolean]>([
  [null, null, true],
  [null, 'a', true],
  ['a', 'a', true],
  ['a', null, true],
  ['a', 'b', false],
  ['a', 'A', false],
])('A-30: the issuer of people who are known, %j, may become %j: %j', (from, to, isKept) => {
  const change = (): void => requireIssuerKept({ issuer: from }, { issuer: to });

  if (isKept) expect(change).not.toThrow();
  else expect(change).toThrow(expect.objectContaining({ code: 'auth.issuer_in_use' }));
});
