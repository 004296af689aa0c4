import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { oidcProviderDefaults } from './decide-oidc-settings.js';
import { createOidcClients } from './oidc-clients.js';

let server: Server;
let issuer: string;

beforeAll(async () => {
  server = createServer((_request, response) => {
    const metadata = { issuer, authorization_endpoint: `${issuer}/authorize`, token_endpoint: `${issuer}/token` };
    response.writeHead(200, { 'content-type': 'application/json' }).end(JSON.stringify(metadata));
  }).listen(0, '127.0.0.1');
  await new Promise((resolve) => server.once('listening', resolve));
  issuer = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
});

afterAll(async () => {
  server.closeAllConnections();
  await new Promise((resolve) => server.close(resolve));
});

test('A-45: a verifier is sent ahead as RFC 7636 appendix B computes it', async () => {
  const clients = createOidcClients({ siteUrl: 'https://sandgate.example' });
  const provider = {
    name: 'login',
    revision: 1,
    stateKey: new Uint8Array(32),
    clientSecret: null,
    settings: {
      ...oidcProviderDefaults,
      issuer,
      clientId: 'sandgate',
    },
  };
  const verifier = 'dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk';
  const pending = { state: 'state', nonce: 'nonce', verifier, returnTo: '/' };

  const { searchParams } = await clients.authorizationUrl(provider, pending);
  expect(Object.fromEntries(searchParams)).toMatchObject({
    code_challenge: 'E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM',
    code_challenge_method: 'S256',
  });
  expect(searchParams.toString()).not.toContain(verifier);
});
