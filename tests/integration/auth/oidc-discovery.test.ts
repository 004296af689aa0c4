import { afterAll, beforeAll, beforeEach, describe, expect, test } from '@jest/globals';
import { type OpenIdProvider, startOpenIdProvider } from '../../support/openid-provider.js';
import { configureProvider, redirectUri } from './code-flow.js';
import { answerJson, type ForgingProvider, startForgingProvider } from './forging-provider.js';
import { type Answered, type RunningAuth, startAuth } from './running-auth.js';
import { aToken } from './tokens.js';

let auth: RunningAuth;
let real: OpenIdProvider;
let forging: ForgingProvider;

beforeAll(async () => {
  [auth, real, forging] = await Promise.all([
    startAuth(),
    startOpenIdProvider({ redirectUri }),
    startForgingProvider(),
  ]);
});
afterAll(() => Promise.all([auth?.stop(), real?.stop(), forging?.stop()]));
beforeEach(() => forging.instead.clear());

const check = (name: string): Promise<Answered> => auth.asAdministrator('GET', `/api/providers/${name}/discovery`);

describe('what a provider publishes', () => {
  test('is told as it is, whether or not the provider is enabled, with nothing wrong', async () => {
    await configureProvider(auth, 'real', { issuer: real.issuer, enabled: false });

    const { issuer } = real;
    expect(await check('real')).toMatchObject({ status: 200 });
    expect((await check('real')).body).toEqual({
      faults: [],
      issuer,
      authorizationEndpoint: `${issuer}/auth`,
      tokenEndpoint: `${issuer}/token`,
      userinfoEndpoint: `${issuer}/me`,
      jwksUri: `${issuer}/jwks`,
      pkce: true,
      keys: [{ id: 'first', algorithm: 'RS256' }],
    });
  });

  test('is read anew each time, and what is wrong with it is named', async () => {
    const { issuer } = forging;
    await configureProvider(auth, 'forged', { issuer });
    expect((await check('forged')).body).toMatchObject({ faults: [], pkce: null, keys: [{ id: 'first' }] });

    forging.instead.set('/.well-known/openid-configuration', (response) =>
      answerJson(response, {
        issuer,
        jwks_uri: `${issuer}/keys`,
        token_endpoint: 7,
        code_challenge_methods_supported: [],
      }),
    );
    forging.instead.set('/keys', (response) => answerJson(response, { keys: [{ kty: 'oct', k: 'x' }] }));
    const { faults, ...said } = (await check('forged')).body;
    expect(said).toMatchObject({ issuer, authorizationEndpoint: null, tokenEndpoint: null, pkce: false, keys: [] });
    expect(faults.map((fault: string) => fault.split(':')[0])).toEqual([
      'authorization_endpoint',
      'token_endpoint',
      'jwks_uri',
      'code_challenge_methods_supported',
    ]);

    forging.instead.set('/.well-known/openid-configuration', (response) =>
      answerJson(response, { issuer: `${issuer}/other` }),
    );
    expect((await check('forged')).body).toMatchObject({ issuer: null, faults: [expect.stringMatching(/^issuer: /)] });
  });

  test('A-84: where nothing answers, or something else than it should, is a fault and no error', async () => {
    await configureProvider(auth, 'nowhere', { issuer: 'http://127.0.0.1:1' });
    expect(await check('nowhere')).toMatchObject({
      status: 200,
      body: { faults: [expect.stringContaining('does not answer')] },
    });

    await configureProvider(auth, 'forged', { issuer: forging.issuer });
    const answers: [string, Parameters<typeof forging.instead.set>[1]][] = [
      ['/keys', (response) => response.writeHead(302, { location: real.issuer }).end()],
      ['/keys', (response) => response.writeHead(404).end(JSON.stringify({ keys: [{ kty: 'RSA' }] }))],
      ['/keys', (response) => response.end('no JSON')],
      ['/keys', (response) => answerJson(response, { keys: 'x'.repeat(300_000) })],
      ['/keys', (response) => response.destroy()],
      ['/.well-known/openid-configuration', (response) => response.writeHead(500).end()],
      ['/.well-known/openid-configuration', (response) => answerJson(response, [])],
      [
        '/.well-known/openid-configuration',
        (response) => answerJson(response, { issuer: forging.issuer, jwks_uri: 'http://169.254.169.254/keys' }),
      ],
    ];
    const asked = real.asked.length;
    for (const [path, answer] of answers) {
      forging.instead.clear();
      forging.instead.set(path, answer);
      expect(await check('forged')).toMatchObject({
        status: 200,
        body: { issuer: null, faults: [expect.any(String)] },
      });
    }
    expect(real.asked).toHaveLength(asked);
  });

  test('is asked for by administrators only, and of OpenID Connect providers only', async () => {
    expect((await check('jwt')).body.code).toBe('auth.provider_of_another_kind');
    expect((await check('nobody')).body.code).toBe('auth.provider_not_found');
    const { session = '' } = await auth.signIn(aToken());
    const headers = { 'x-metabase-session': session };
    expect((await auth.request('/api/providers/jwt/discovery', { headers })).status).toBe(403);
  });
});
