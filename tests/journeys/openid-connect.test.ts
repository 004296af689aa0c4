import { afterAll, beforeAll, expect, test } from '@jest/globals';
import type { Browser } from 'playwright-core';
import { launchBrowser } from '../support/chromium.js';
import { clientSecret, type OpenIdProvider, startOpenIdProvider } from '../support/openid-provider.js';
import { type StartedSystem, startSystem } from '../support/system.js';

/** A person who comes through an OpenID Connect provider, in a browser: its pages, and back to where the way began. */
const admin = { SANDGATE_ADMIN_EMAIL: 'olga@operator.example', SANDGATE_ADMIN_PASSWORD: 'a password for the tests' };
let system: StartedSystem;
let provider: OpenIdProvider;
let browser: Browser;

beforeAll(async () => {
  system = await startSystem(admin);
  provider = await startOpenIdProvider({ redirectUri: `${system.siteUrl}/auth/sso/callback`, pages: true });
  browser = await launchBrowser();
}, 300_000);

afterAll(async () => {
  await browser?.close();
  await provider?.stop();
  await system?.stop();
}, 60_000);

async function asAdministrator(method: string, path: string, body: unknown): Promise<number> {
  const headers = { 'content-type': 'application/json' };
  const credentials = { username: admin.SANDGATE_ADMIN_EMAIL, password: admin.SANDGATE_ADMIN_PASSWORD };
  const session = await fetch(`${system.siteUrl}/api/session`, {
    method: 'POST',
    headers,
    body: JSON.stringify(credentials),
  });
  const { id } = (await session.json()) as { id: string };
  const response = await fetch(system.siteUrl + path, {
    method,
    headers: { ...headers, authorization: `Bearer ${id}` },
    body: JSON.stringify(body),
  });
  await response.body?.cancel();
  return response.status;
}

test('signs in at the provider, consents, and is back where the way began', async () => {
  const settings = { enabled: true, issuer: provider.issuer, clientId: 'sandgate', clientSecret };
  expect(await asAdministrator('POST', '/api/providers', { name: 'openid', kind: 'oidc', settings })).toBe(201);
  // From now on the only way in.
  expect(await asAdministrator('PUT', '/api/providers/jwt', { enabled: false })).toBe(200);
  provider.person = {
    sub: 'rene',
    email: 'rene@acme.example',
    given_name: 'Rene',
    family_name: 'Mueller',
    groups: ['Sales'],
  };

  const page = await (await browser.newContext()).newPage();
  await page.goto(`${system.siteUrl}/tables/sample-database/public/invoices?page=1`);
  expect(new URL(page.url()).origin).toBe(provider.issuer);
  await page.getByPlaceholder(/login/i).fill('rene');
  await page.getByPlaceholder(/password/i).fill('whatever');
  await page.getByRole('button', { name: /sign-in/i }).click();
  await page.getByRole('button', { name: /continue/i }).click();
  await page.waitForURL((url) => url.origin === system.siteUrl && url.pathname !== '/auth/sso/callback');

  expect(page.url()).toBe(`${system.siteUrl}/tables/sample-database/public/invoices?page=1`);
  const person = await page.evaluate(async () => (await fetch('/api/user/current')).json());
  expect(person).toMatchObject({
    email: 'rene@acme.example',
    firstName: 'Rene',
    lastName: 'Mueller',
    administrator: false,
  });
  const kept = await page.context().cookies(`${system.siteUrl}/auth/sso`);
  // The provider's own are there too: a browser tells no port from another.
  const own = kept.map(({ name }) => name).filter((name) => name.startsWith('sandgate.'));
  expect(own).toEqual(['sandgate.SESSION']);
}, 120_000);
