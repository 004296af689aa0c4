import { randomUUID } from 'node:crypto';
import { createServer, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from '@jest/globals';
import { generateKeyPair, type JWTPayload, SignJWT, UnsecuredJWT } from 'jose';
import { clientSecret } from '../../support/openid-provider.js';
import { configureProvider, openCodeFlow, redirectUri } from './code-flow.js';
import { answerJson, type ForgingProvider, startForgingProvider } from './forging-provider.js';
import { type Answered, type RunningAuth, startAuth } from './running-auth.js';
import { anAddress, seconds } from './tokens.js';

let auth: RunningAuth;
let forging: ForgingProvider;
/** Nothing may ever ask it. */
let trap: { readonly url: string; readonly asked: string[]; stop(): Promise<void> };

beforeAll(async () => {
  auth = await startAuth();
  forging = await startForgingProvider();
  trap = await startTrap();
});

afterAll(async () => {
  await auth?.stop();
  await forging?.stop();
  await trap?.stop();
});

let name: string;

// A name of its own: what was discovered of one test is not known in the next.
beforeEach(async () => {
  name = `forging-${randomUUID().slice(0, 8)}`;
  forging.instead.clear();
  forging.sign = undefined;
  await configureProvider(auth, name, { issuer: forging.issuer });
});

async function startTrap(): Promise<typeof trap> {
  const asked: string[] = [];
  const server = createServer((request, response) => {
    asked.push(`${request.url}`);
    response.end();
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    asked,
    stop: () => new Promise((resolve) => server.close(() => resolve())),
  };
}

/** Comes back with any code; the ID token has the right claims of a person of this test alone, and what `change` makes of them. */
async function signIn(change: Record<string, unknown> = {}): Promise<Answered> {
  const tab = await openCodeFlow(auth, `?provider=${name}`);
  const { state = '', nonce } = Object.fromEntries(new URL(tab.location).searchParams);
  forging.claims = {
    sub: randomUUID(),
    email: anAddress(),
    given_name: 'R',
    family_name: 'M',
    groups: [],
    nonce,
    ...change,
  };
  return tab.comeBack(new URL(`${redirectUri}?code=any&state=${state}`));
}

async function expectRefusal(attempt: () => Promise<Answered>, reason: string): Promise<void> {
  const before = await auth.traces();
  const logged = auth.logged().length;
  const answered = await attempt();

  expect([answered.status, answered.body?.code]).toEqual([401, 'auth.sign_in_refused']);
  expect(await auth.traces()).toEqual(before);
  const reasons = [
    ...auth
      .logged()
      .slice(logged)
      .matchAll(/"reason":"([^"]+)"/g),
  ].map(([, one]) => one);
  expect([...new Set(reasons)]).toEqual([reason]);
}

describe('an ID token', () => {
  test('that is right signs in', async () => {
    expect((await signIn()).status).toBe(302);
  });

  test.each<[string, Record<string, unknown>]>([
    ['of another issuer', { iss: 'https://login.example' }],
    ['for another client', { aud: 'another' }],
    ['for several clients without its own as the authorized party', { aud: ['sandgate', 'another'], azp: 'another' }],
    ['with another nonce', { nonce: 'another' }],
    ['without a nonce', { nonce: undefined }],
    ['that is expired', { exp: seconds() - 3600 }],
    ['that is not valid yet', { nbf: seconds() + 3600 }],
    ['without an end', { exp: undefined }],
    ['without a subject', { sub: undefined }],
    ['whose subject is a number', { sub: 5 as never }],
    ['whose at_hash is of another access token', { at_hash: 'bm90IG9mIHRoaXMgb25l' }],
  ])('%s is refused', async (_what, change) => {
    await expectRefusal(() => signIn(change), 'auth.oidc_answer_invalid');
  });

  test.each<[string, Record<string, unknown>, string]>([
    ['is of the future', { iat: seconds() + 3600 }, 'auth.token_not_yet_valid'],
    ['has no whole seconds', { iat: seconds() - 0.5 }, 'auth.token_claim_invalid'],
    ['has an overlong subject', { sub: 'x'.repeat(256) }, 'auth.token_claim_invalid'],
    ['has a subject that cannot be stored', { sub: 'a\u0000b' }, 'auth.token_claim_invalid'],
    [
      'has too many claims',
      Object.fromEntries(Array.from({ length: 101 }, (_, n) => [`c${n}`, n])),
      'auth.token_claims_malformed',
    ],
  ])('that %s is refused', async (_what, change, reason) => {
    await expectRefusal(() => signIn(change), reason);
  });

  test.each<[string, (claims: JWTPayload) => Promise<string>]>([
    ['without a signature', async (claims) => new UnsecuredJWT(claims).encode()],
    [
      'A-02: signed with the client secret',
      (claims) => new SignJWT(claims).setProtectedHeader({ alg: 'HS256' }).sign(new TextEncoder().encode(clientSecret)),
    ],
    [
      'signed with another key under a known id',
      async (claims) =>
        new SignJWT(claims)
          .setProtectedHeader({ alg: 'RS256', kid: 'first' })
          .sign((await generateKeyPair('RS256')).privateKey),
    ],
    [
      'A-09: whose header brings its key',
      async (claims) => {
        const { privateKey, publicKey } = await generateKeyPair('RS256', { extractable: true });
        const jwk = await crypto.subtle.exportKey('jwk', publicKey);
        return new SignJWT(claims)
          .setProtectedHeader({ alg: 'RS256', jwk: jwk as never, jku: `${trap.url}/keys` })
          .sign(privateKey);
      },
    ],
  ])('%s is refused', async (_what, sign) => {
    forging.sign = sign;
    await expectRefusal(() => signIn(), 'auth.oidc_answer_invalid');
    expect(trap.asked).toEqual([]);
  });

  test('of a provider that has replaced its keys is taken, at the second attempt at the latest', async () => {
    expect((await signIn()).status).toBe(302);
    await forging.replaceKey();
    await signIn();

    expect((await signIn()).status).toBe(302);
  });

  test('keeps only what says something about the person', async () => {
    const email = anAddress();
    await signIn({ email, region: 'north', aio: 'x', rh: 'y', uti: 'z', ver: '2.0', session_state: 's', auth_time: 5 });

    expect(await auth.announced(email)).toMatchObject([{ attributes: { region: 'north' } }]);
  });

  test('goes before userinfo, which has to be of the same subject', async () => {
    const email = anAddress();
    const answers = (claims: Record<string, unknown>) => (response: ServerResponse) => answerJson(response, claims);
    forging.instead.set('/userinfo', answers({ sub: 'one', email: 'other@acme.example', groups: ['B'] }));
    await signIn({ sub: 'one', email, groups: undefined });
    expect(await auth.announced(email)).toMatchObject([{ groups: [{ names: ['B'] }] }]);

    forging.instead.set('/userinfo', answers({ sub: 'another', groups: ['C'] }));
    await expectRefusal(() => signIn({ groups: undefined }), 'auth.oidc_answer_invalid');
  });
});

describe('A-84: what auth fetches', () => {
  const redirectTo = (url: string) => (response: ServerResponse) =>
    void response.writeHead(302, { location: url }).end();

  test.each(['/.well-known/openid-configuration', '/token', '/keys', '/userinfo'])(
    'follows no redirect of %s',
    async (path) => {
      forging.instead.set(path, redirectTo(`${trap.url}/inside`));

      await expectRefusal(
        () => (path.startsWith('/.well') ? auth.request(`/auth/sso?provider=${name}`) : signIn({ groups: undefined })),
        'auth.oidc_unreachable',
      );
      expect(trap.asked).toEqual([]);
    },
  );

  test.each(['/.well-known/openid-configuration', '/token', '/keys'])(
    'is never larger than 256 KiB (%s)',
    async (path) => {
      const large = JSON.stringify({ issuer: forging.issuer, keys: [], more: 'x'.repeat(300 * 1024) });
      forging.instead.set(
        path,
        (response) => void response.writeHead(200, { 'content-type': 'application/json' }).end(large),
      );

      const before = await auth.traces();
      expect((await auth.request(`/auth/sso?provider=${name}`)).status).toBe(path.startsWith('/.well') ? 401 : 302);
      if (!path.startsWith('/.well')) expect((await signIn()).status).toBe(401);
      expect(await auth.traces()).toEqual(before);
    },
  );

  test('lies where the metadata may lead to: https, or http on this machine', async () => {
    const metadata = {
      issuer: forging.issuer,
      authorization_endpoint: `${forging.issuer}/authorize`,
      token_endpoint: 'http://169.254.169.254/latest/meta-data',
      jwks_uri: `${forging.issuer}/keys`,
      response_types_supported: ['code'],
    };
    forging.instead.set('/.well-known/openid-configuration', (response) => answerJson(response, metadata));

    await expectRefusal(() => signIn(), 'auth.oidc_unreachable');
  });

  test('is the document of the issuer that is configured, and of no other', async () => {
    forging.instead.set('/.well-known/openid-configuration', (response) =>
      answerJson(response, {
        issuer: 'https://login.example',
        authorization_endpoint: 'https://login.example/authorize',
      }),
    );

    await expectRefusal(() => auth.request(`/auth/sso?provider=${name}`), 'auth.oidc_answer_invalid');
  });

  test('is read once for many who sign in at once', async () => {
    const before = forging.asked.length;
    await Promise.all(Array.from({ length: 20 }, () => openCodeFlow(auth, `?provider=${name}`)));

    expect(forging.asked.slice(before)).toEqual(['/.well-known/openid-configuration']);
  });
});

describe('a provider that changes while a code is exchanged', () => {
  const during = (change: Record<string, unknown>) => async (): Promise<Answered> => {
    const tab = await openCodeFlow(auth, `?provider=${name}`);
    const { state = '', nonce } = Object.fromEntries(new URL(tab.location).searchParams);
    forging.claims = { sub: randomUUID(), email: anAddress(), nonce };
    forging.instead.set('/userinfo', (response) => {
      void configureProvider(auth, name, { issuer: forging.issuer, ...change }).then(() =>
        answerJson(response, { sub: forging.claims.sub }),
      );
    });
    return tab.comeBack(new URL(`${redirectUri}?code=any&state=${state}`));
  };

  test('and is the same afterwards turns nobody away', async () => {
    expect((await during({})()).status).toBe(302);
  });

  test.each([
    ['is turned off', { enabled: false }, 'auth.sso_disabled'],
    ['is for another client', { clientId: 'another' }, 'auth.oidc_state_unknown'],
    ['has another issuer', { issuer: 'https://login.example' }, 'auth.oidc_state_unknown'],
  ])('and then %s takes nobody in', async (_what, change, reason) => {
    await expectRefusal(during(change), reason);
  });
});
