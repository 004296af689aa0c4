import { randomBytes } from 'node:crypto';
import { expect, test } from '@jest/globals';
import type { StoredOidcProvider } from './oidc-provider-store.js';
import { openCookie, sealCookies } from './state-cookie.js';

const stateKey = randomBytes(32);
const state = randomBytes(32).toString('base64url');
const pending = { state, nonce: 'n', verifier: 'v', returnTo: '/tables/1' };
const now = 1_800_000_000;

const seal = async (siteUrl = 'https://bi.example'): Promise<string> => {
  const provider = { name: 'okta', stateKey } as unknown as StoredOidcProvider;
  const [cookie = ''] = await sealCookies(pending, provider, { siteUrl, held: new Map(), now });
  return cookie;
};
const sealed = async (): Promise<string> => (await seal()).replace(/^[^=]+=([^;]+).*$/, '$1');

test('what was sealed opens for ten minutes', async () => {
  const opened = await openCookie(await sealed(), { stateKey, state, now: now + 599 });

  expect(opened).toEqual({ pending, endsAt: now + 600 });
});

test('A-47: it opens not later, not for another state and not with another key', async () => {
  const cookie = await sealed();
  for (const change of [{ now: now + 600 }, { state: 'another' }, { state: undefined }, { stateKey: randomBytes(32) }])
    await expect(openCookie(cookie, { stateKey, state, now, ...change })).rejects.toMatchObject({
      code: 'auth.oidc_state_unknown',
    });
});

test('the cookie is for https only where the site is', async () => {
  expect(await seal()).toMatch(/; HttpOnly; SameSite=Lax; Secure$/);
  expect(await seal('http://localhost:3000')).toMatch(/; HttpOnly; SameSite=Lax$/);
});
