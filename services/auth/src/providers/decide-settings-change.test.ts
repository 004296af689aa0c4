import { describe, expect, test } from '@jest/globals';
import { Failure, type JwtProviderSettings } from '@sandgate/contracts';
import { decideSettingsChange, jwtProviderDefaults } from './decide-settings-change.js';

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
});
