import { createServer, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { exportJWK, generateKeyPair, type JWTPayload, SignJWT } from 'jose';

export interface ForgingProvider {
  readonly issuer: string;
  /** Paths that it was asked, in order. */
  readonly asked: string[];
  /** Claims of the ID token that it answers next; the right ones beside these. */
  claims: JWTPayload;
  /** How that token is signed, if not with the key that it publishes. */
  sign: ((claims: JWTPayload) => Promise<string>) | undefined;
  /** Instead of its own answer, by path. */
  readonly instead: Map<string, (response: ServerResponse) => void>;
  /** Signs with a new key from now on, and publishes that one only. */
  replaceKey(): Promise<void>;
  stop(): Promise<void>;
}

export const answerJson = (response: ServerResponse, body: unknown): void => {
  response.writeHead(200, { 'content-type': 'application/json' }).end(JSON.stringify(body));
};

/** What calls itself an OpenID Connect provider, and answers whatever a test wants. It takes every code. */
export async function startForgingProvider(): Promise<ForgingProvider> {
  const asked: string[] = [];
  let key = await aKey('first');
  const server = createServer((request, response) => {
    const path = request.url?.split('?')[0] ?? '';
    asked.push(path);
    request.resume();
    const instead = running.instead.get(path);
    if (instead) return instead(response);
    void answer(path, response);
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const issuer = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;

  const answer = async (path: string, response: ServerResponse): Promise<void> => {
    if (path === '/.well-known/openid-configuration')
      return answerJson(response, {
        issuer,
        authorization_endpoint: `${issuer}/authorize`,
        token_endpoint: `${issuer}/token`,
        jwks_uri: `${issuer}/keys`,
        userinfo_endpoint: `${issuer}/userinfo`,
        response_types_supported: ['code'],
        subject_types_supported: ['public'],
        id_token_signing_alg_values_supported: ['RS256'],
      });
    if (path === '/keys') return answerJson(response, { keys: [key.publicJwk] });
    if (path === '/userinfo') return answerJson(response, { sub: running.claims.sub });
    const now = Math.floor(Date.now() / 1000);
    const claims = { iss: issuer, aud: 'sandgate', iat: now, exp: now + 300, ...running.claims };
    const sign = running.sign ?? key.sign;
    answerJson(response, { access_token: 'opaque', token_type: 'Bearer', id_token: await sign(claims) });
  };
  const running: ForgingProvider = {
    issuer,
    asked,
    claims: {},
    sign: undefined,
    instead: new Map(),
    async replaceKey() {
      key = await aKey('second');
    },
    stop: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
  return running;
}

async function aKey(kid: string) {
  const { publicKey, privateKey } = await generateKeyPair('RS256', { extractable: true });
  return {
    publicJwk: { ...(await exportJWK(publicKey)), kid, use: 'sig', alg: 'RS256' },
    sign: (claims: JWTPayload) => new SignJWT(claims).setProtectedHeader({ alg: 'RS256', kid }).sign(privateKey),
  };
}
