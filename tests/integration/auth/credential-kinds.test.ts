import { createHash, randomBytes, randomUUID } from 'node:crypto';
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { type OpenIdProvider, startOpenIdProvider } from '../../support/openid-provider.js';
import { configureProvider, openCodeFlow, redirectUri, type Tab } from './code-flow.js';
import { type Answered, administrator, type RunningAuth, serviceCredential, startAuth } from './running-auth.js';
import { anAddress, aToken } from './tokens.js';

let auth: RunningAuth;
let provider: OpenIdProvider;
/** Who has a password to reset. */
let accountId: string;
/** By the value of their cookie. */
const tabs = new Map<string, Tab>();

beforeAll(async () => {
  auth = await startAuth();
  provider = await startOpenIdProvider({ redirectUri });
  await configureProvider(auth, 'login', { issuer: provider.issuer });
  // Of the same issuer and the same keys as the ID tokens.
  const settings = { enabled: true, issuer: provider.issuer, audience: 'dashboards' };
  await auth.asAdministrator('POST', '/api/providers', { name: 'host', kind: 'jwt', settings });
  const keySet = { algorithm: 'RS256', jwksUri: `${provider.issuer}/jwks` };
  expect((await auth.asAdministrator('POST', '/api/providers/host/keys', keySet)).status).toBe(201);
  accountId = randomUUID();
  await auth.query(
    `insert into account (id, email, password_hash)
     select $1, $2, environment_password_hash from account where email = $3`,
    [accountId, anAddress(), administrator.email],
  );
});

afterAll(async () => {
  await auth?.stop();
  await provider?.stop();
});

async function aTab(): Promise<Tab> {
  provider.person = { sub: randomUUID(), email: anAddress(), email_verified: true };
  const tab = await openCodeFlow(auth, '?provider=login');
  tabs.set(cookieOf(tab)[1], tab);
  return tab;
}

function cookieOf({ cookie }: Tab): [name: string, value: string] {
  const [name = '', value = ''] = cookie.split('=');
  return [name, value];
}

/** What the provider says to another client of it, by the whole flow. */
async function anIdToken(): Promise<string> {
  provider.person = { sub: randomUUID(), email: anAddress(), email_verified: true };
  const verifier = randomBytes(32).toString('base64url');
  const asked = new URLSearchParams({
    client_id: 'public',
    response_type: 'code',
    scope: 'openid email',
    redirect_uri: redirectUri,
    code_challenge: createHash('sha256').update(verifier).digest('base64url'),
    code_challenge_method: 'S256',
  });
  const back = await provider.signIn(`${provider.issuer}/auth?${asked}`);
  const body = new URLSearchParams({
    client_id: 'public',
    grant_type: 'authorization_code',
    code: back.searchParams.get('code') ?? '',
    redirect_uri: redirectUri,
    code_verifier: verifier,
  });
  const response = await fetch(`${provider.issuer}/token`, { method: 'POST', body });
  return ((await response.json()) as { id_token: string }).id_token;
}

const asked = (headers: Record<string, string>): Promise<Answered> => auth.request('/api/sessions', { headers });

const doors = {
  'session cookie': (value) => asked({ cookie: `sandgate.SESSION=${value}` }),
  'session header': (value) => asked({ 'x-metabase-session': value }),
  'bearer token': (value) => asked({ authorization: `Bearer ${value}` }),
  'API key header': (value) => asked({ 'x-api-key': value }),
  'jwt in the address': (value) => auth.signIn(value),
  'jwt in the body': (jwt) => auth.request('/auth/sso', { method: 'POST', body: { jwt } }),
  'question of a service': (value) =>
    auth.request('/internal/auth.describe-password-sign-in', {
      method: 'POST',
      body: {},
      headers: { authorization: `Bearer ${value}` },
    }),
  'way back from a provider': async (value) => {
    const tab = tabs.get(value) ?? (await aTab());
    const back = await provider.signIn(tab.location);
    return tab.comeBack(back, { cookie: `${cookieOf(tab)[0]}=${value}` });
  },
  'password reset': (token) =>
    auth.request('/api/password-reset', { method: 'POST', body: { token, password: 'a sentence of nobody else' } }),
} satisfies Record<string, (value: string) => Promise<Answered>>;
type Door = keyof typeof doors;

/** Each new for every attempt, for some are good once; with the doors that are its own. */
const kinds: readonly (readonly [string, () => Promise<string> | string, readonly Door[]])[] = [
  [
    'session',
    async () => (await auth.signIn(aToken())).session ?? '',
    ['session cookie', 'session header', 'bearer token'],
  ],
  [
    'API key',
    async () => (await auth.asAdministrator('POST', '/api/api-keys', { name: 'Report', groupIds: [3] })).body.key,
    ['bearer token', 'API key header'],
  ],
  ['service credential', () => serviceCredential, ['question of a service']],
  ['state of a sign-in by code', async () => cookieOf(await aTab())[1], ['way back from a provider']],
  [
    'link to reset a password',
    async () => {
      const { url } = (await auth.asAdministrator('POST', `/api/accounts/${accountId}/password-reset`)).body;
      return new URLSearchParams(new URL(url).hash.slice(1)).get('token') ?? '';
    },
    ['password reset'],
  ],
  ['signed token', aToken, ['jwt in the address', 'jwt in the body']],
  ['ID token for another client', anIdToken, []],
];

const pairs = kinds.flatMap(([kind, make, own]) =>
  Object.entries(doors).map(([door, knock]) => ({ kind, make, door, knock, opens: own.includes(door as Door) })),
);

test.each(pairs)('A-22: $kind at the door of $door: $opens', async ({ make, knock, opens }) => {
  const answered = await knock(await make());

  expect(answered.status < 400).toBe(opens);
  if (!opens) expect([400, 401]).toContain(answered.status);
  if (!opens) expect(answered.session).toBeUndefined();
});

test('A-22: it is the audience that tells an ID token for another client from a token for here', async () => {
  await auth.asAdministrator('PUT', '/api/providers/host', { audience: 'public' });
  const answered = await doors['jwt in the body'](await anIdToken());
  await auth.asAdministrator('PUT', '/api/providers/host', { audience: 'dashboards' });

  expect(answered.status).toBe(302);
});
