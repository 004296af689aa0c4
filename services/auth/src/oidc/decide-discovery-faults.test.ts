import { describe, expect, test } from '@jest/globals';
import type { OidcProviderSettings } from '@sandgate/contracts';
import { decideDiscoveryFaults, readKeys, type SaidOfItself } from './decide-discovery-faults.js';

const said: SaidOfItself = {
  authorizationEndpoint: 'https://issuer.example/auth',
  tokenEndpoint: 'https://issuer.example/token',
  jwksUri: 'https://issuer.example/jwks',
  pkce: true,
  keys: [{ id: 'first', algorithm: 'RS256' }],
};
const provider = { settings: { pkce: true } as OidcProviderSettings, clientSecret: 'secret' };

describe('what is wrong with a discovery document', () => {
  test('is nothing where it has what a sign-in needs, and where it does not say', () => {
    expect(decideDiscoveryFaults({}, said, provider)).toEqual([]);
    expect(decideDiscoveryFaults({}, { ...said, pkce: null }, { ...provider, clientSecret: null })).toEqual([]);
    const post = { token_endpoint_auth_methods_supported: ['client_secret_post'], response_types_supported: ['code'] };
    expect(decideDiscoveryFaults(post, said, provider)).toEqual([]);
    expect(
      decideDiscoveryFaults(
        {},
        { ...said, pkce: false },
        { ...provider, settings: { ...provider.settings, pkce: false } },
      ),
    ).toEqual([]);
  });

  test('names every member that keeps people from signing in', () => {
    const document = {
      response_types_supported: ['token'],
      token_endpoint_auth_methods_supported: ['private_key_jwt'],
    };
    const nothing = { authorizationEndpoint: null, tokenEndpoint: null, jwksUri: null, pkce: false, keys: [] };
    expect(decideDiscoveryFaults(document, nothing, provider).map((fault) => fault.split(':')[0])).toEqual([
      'authorization_endpoint',
      'token_endpoint',
      'jwks_uri',
      'response_types_supported',
      'code_challenge_methods_supported',
      'token_endpoint_auth_methods_supported',
    ]);
    expect(decideDiscoveryFaults({}, { ...said, keys: [] }, provider)).toEqual([
      'jwks_uri: has no key that an ID token can be verified with',
    ]);
  });
});

describe('the keys that an ID token can be verified with', () => {
  test('are those for signatures by an algorithm that the provider says it signs with, RS256 where it says none', () => {
    const rsa = { kty: 'RSA', kid: 'a' };
    const ec = { kty: 'EC', crv: 'P-256', kid: 'b' };
    const keys = [rsa, ec, { ...rsa, use: 'enc' }, { ...rsa, alg: 'RSA-OAEP' }, { kty: 'oct', k: 'x' }];

    expect(readKeys({ keys }, undefined)).toEqual([{ id: 'a', algorithm: 'RS256' }]);
    expect(readKeys({ keys }, ['ES256', 'PS256'])).toEqual([
      { id: 'a', algorithm: 'PS256' },
      { id: 'b', algorithm: 'ES256' },
    ]);
  });

  test.each([undefined, null, 'keys', {}, { keys: {} }, { keys: [null, 7, 'x', {}, { kty: 'toString' }] }])(
    'are none in %j',
    (keySet) => {
      expect(readKeys(keySet, ['RS256'])).toEqual([]);
    },
  );
});
