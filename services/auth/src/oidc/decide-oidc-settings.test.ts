import { expect, test } from '@jest/globals';
import { decideOidcSettings, type OidcProviderValues, type OidcSettingsChange } from './decide-oidc-settings.js';

const current: OidcProviderValues = {
  settings: {
    enabled: true,
    issuer: 'https://login.example',
    clientId: 'sandgate',
    pkce: true,
    scopes: 'openid email profile',
    emailClaim: 'email',
    firstNameClaim: 'given_name',
    lastNameClaim: 'family_name',
    groupsClaim: 'groups',
    userProvisioning: true,
    trustedDomains: [],
  },
  clientSecret: 'kept',
};

test('what a change leaves out stays, the secret too', () => {
  const { settings } = current;

  expect(decideOidcSettings(current, { enabled: false, pkce: undefined })).toEqual({
    settings: { ...settings, enabled: false },
    clientSecret: 'kept',
  });
  expect(decideOidcSettings(current, { clientSecret: null })).toEqual({ settings, clientSecret: null });
  const issuer = 'https://another.example';
  expect(decideOidcSettings(current, { issuer, clientSecret: null }).settings.issuer).toBe(issuer);
  expect(decideOidcSettings({ settings, clientSecret: null }, { issuer }).settings.issuer).toBe(issuer);
  expect(decideOidcSettings(current, { clientSecret: 'new' })).toEqual({ settings, clientSecret: 'new' });
});

test.each<[OidcSettingsChange, number]>([
  [{ clientSecret: null, pkce: false }, 1],
  [{ issuer: 'https://evil.example' }, 1],
  [{ emailClaim: 'iss', groupsClaim: 'given_name' }, 2],
])('%j is refused with every fault', (change, faults) => {
  expect(() => decideOidcSettings(current, change)).toThrow(
    expect.objectContaining({
      code: 'auth.settings_invalid',
      details: { faults: Array(faults).fill(expect.any(String)) },
    }),
  );
});
