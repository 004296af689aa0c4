import { expect, test } from '@jest/globals';
import { OidcProviderSettings } from './oidc-provider.js';
import { isProviderAddress } from './provider-settings.js';

test.each([
  ['https://login.example', true],
  ['https://login.example/realms/one?p=2', true],
  ['http://localhost:8080', true],
  ['http://keycloak.localhost', true],
  ['http://127.0.0.1:9', true],
  ['http://[::1]:9', true],
  ['http://login.example', false],
  ['http://localhost.example', false],
  ['http://127.0.0.1.example', false],
  ['http://10.0.0.1', false],
  ['http://0.0.0.0', false],
  ['ftp://localhost', false],
  ['https://somebody@login.example', false],
  ['https://:secret@login.example', false],
  ['https://login.example#a', false],
  ['login.example', false],
  ['', false],
])('a provider at %s: %s', (address, expected) => {
  expect(isProviderAddress(address)).toBe(expected);
});

test.each([
  ['openid', true],
  ['email openid profile', true],
  ['openid 3f1c-client', true],
  ['email', false],
  ['openid  email', false],
  [' openid', false],
  ['openid "email"', false],
  ['openidemail', false],
])('scopes %j: %s', (scopes, expected) => {
  expect(OidcProviderSettings.shape.scopes.safeParse(scopes).success).toBe(expected);
});
