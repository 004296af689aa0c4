import type { Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import jwt from 'jsonwebtoken';
import { createHostApp } from './host-app.js';

const sharedSecret = 'a signing key of the tests, longer than 32 bytes';
const sessionSecret = 'a session secret of the tests, 32 bytes and more';
const invoices = '/tables/sample-database/public/invoices?top_nav=false&logo=false';
let server: Server;
let origin: string;

beforeAll(async () => {
  const sandgate = { siteUrl: 'https://dashboards.example', sharedSecret };
  const app = createHostApp({ sandgate, sessionSecret, analyticsPath: invoices });
  server = await new Promise<Server>((resolve) => {
    const listening: Server = app.listen(0, '127.0.0.1', () => resolve(listening));
  });
  origin = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
});

afterAll(() => new Promise((resolve) => server.close(resolve)));

const get = (path: string, headers: Record<string, string> = {}) =>
  fetch(origin + path, { headers, redirect: 'manual' });

const signIn = (fields: Record<string, string>, headers: Record<string, string> = {}) =>
  fetch(`${origin}/login`, { method: 'POST', body: new URLSearchParams(fields), headers, redirect: 'manual' });

async function cookieOf(email: string, password: string): Promise<{ cookie: string }> {
  const response = await signIn({ email, password });
  return { cookie: response.headers.getSetCookie()[0]?.split(';')[0] ?? '' };
}

const verify = (token: string | null) => jwt.verify(token ?? '', sharedSecret, { algorithms: ['HS256'] });

test('a signed-in person is sent to Sandgate with a token and the page to return to, query included', async () => {
  const ada = await cookieOf('ada@acme.example', 'ada-demo');

  const response = await get(`/sso/sandgate?return_to=${encodeURIComponent(invoices)}`, ada);

  const location = new URL(response.headers.get('location') ?? '');
  expect(response.status).toBe(302);
  expect(location.origin + location.pathname).toBe('https://dashboards.example/auth/sso');
  expect([...location.searchParams.keys()]).toEqual(['jwt', 'return_to']);
  expect(location.searchParams.get('return_to')).toBe(invoices);
  expect(verify(location.searchParams.get('jwt'))).toMatchObject({ email: 'ada@acme.example', account_id: 28 });
});

test('without a page to return to it is the first one', async () => {
  const response = await get('/sso/sandgate', await cookieOf('gita@globex.example', 'gita-demo'));

  expect(new URL(response.headers.get('location') ?? '').searchParams.get('return_to')).toBe('/');
});

test('no cache keeps the token, and no other site learns it as a referrer', async () => {
  const ada = await cookieOf('ada@acme.example', 'ada-demo');

  for (const path of ['/sso/sandgate', '/sso/sandgate?response=json']) {
    const { headers } = await get(path, ada);
    expect(headers.get('cache-control')).toBe('no-store');
    expect(headers.get('referrer-policy')).toBe('no-referrer');
  }
});

test('an SDK that asks for JSON gets the token itself', async () => {
  const response = await get('/sso/sandgate?response=json', await cookieOf('ben@acme.example', 'ben-demo'));

  const body = (await response.json()) as { jwt: string };
  expect(Object.keys(body)).toEqual(['jwt']);
  expect(verify(body.jwt)).toMatchObject({ email: 'ben@acme.example', account_id: [28, 41] });
});

test('an SDK of somebody who is signed out is told 401, without a token', async () => {
  const response = await get('/sso/sandgate?response=json');

  expect(response.status).toBe(401);
  expect(await response.json()).not.toHaveProperty('jwt');
});

test('who is signed out signs in first and then goes on to where they were sent', async () => {
  const wanted = `/sso/sandgate?return_to=${encodeURIComponent(invoices)}`;

  const refused = await get(wanted);
  const form = await get(refused.headers.get('location') ?? '');
  const returnTo = /name="return_to" value="([^"]*)"/.exec(await form.text())?.[1]?.replaceAll('&#38;', '&') ?? '';
  const accepted = await signIn({ email: 'ada@acme.example', password: 'ada-demo', return_to: returnTo });

  expect(refused.status).toBe(302);
  expect(accepted.status).toBe(303);
  expect(accepted.headers.get('location')).toBe(wanted);
});

test('the analytics page frames the page that the application was configured with', async () => {
  const page = await (await get('/analytics', await cookieOf('ada@acme.example', 'ada-demo'))).text();

  expect(page).toContain(`<iframe src="/sso/sandgate?return_to=${encodeURIComponent(invoices)}"`);
});

test('the report asks Sandgate, and its page lets the script ask nobody else', async () => {
  const ada = await cookieOf('ada@acme.example', 'ada-demo');
  const response = await get('/report', ada);
  const page = await response.text();

  expect(page).toContain('data-sandgate="https://dashboards.example" data-table="invoices"');
  expect(page).not.toContain('eyJ');
  expect(response.headers.get('content-security-policy')).toContain("connect-src 'self' https://dashboards.example;");
  expect((await get('/report')).status).toBe(302);
  expect(await (await get('/report.js')).text()).toContain('/auth/sso');
});

test('the session is a cookie that scripts and other sites cannot use', async () => {
  const response = await signIn({ email: 'ada@acme.example', password: 'ada-demo' });

  expect(response.headers.getSetCookie()).toEqual([
    expect.stringMatching(/^host_app\.session=\S+; Max-Age=28800; Path=\/; Expires=.+; HttpOnly; SameSite=Lax$/),
  ]);
});

test.each([
  ['a wrong password', 'ada@acme.example', 'gita-demo'],
  ['an unknown e-mail', 'nobody@acme.example', 'ada-demo'],
  ['nothing', '', ''],
])('%s signs nobody in', async (_what, email, password) => {
  const response = await signIn({ email, password });

  expect(response.status).toBe(401);
  expect(response.headers.getSetCookie()).toEqual([]);
});

test.each([
  ['signed with the secret that is shared with Sandgate', () => signSession(sharedSecret)],
  [
    'without a signature',
    () => jwt.sign({ sub: 'ada@acme.example' }, '', { algorithm: 'none', audience: 'host_app.session' }),
  ],
  ['of a person who is gone', () => signSession(sessionSecret, 'gone@acme.example')],
  ['that is expired', () => signSession(sessionSecret, 'ada@acme.example', -1)],
  ['that is no token', () => 'ada@acme.example'],
])('a session cookie %s is worth nothing', async (_what, session) => {
  const response = await get('/analytics', { cookie: `host_app.session=${session()}` });

  expect(response.status).toBe(302);
  expect(response.headers.get('location')).toBe('/login?return_to=%2Fanalytics');
});

const signSession = (secret: string, subject = 'ada@acme.example', expiresIn = 60) =>
  jwt.sign({}, secret, { subject, expiresIn, audience: 'host_app.session' });

test('the sign-in form sends nobody to another site', async () => {
  const response = await signIn({ email: 'ada@acme.example', password: 'ada-demo', return_to: '/..//evil.example' });

  expect(response.headers.get('location')).toBe('/');
});

test.each([
  ['a browser that says cross-site', { 'sec-fetch-site': 'cross-site', origin: 'https://evil.example' }],
  ['another port of the same host', { 'sec-fetch-site': 'same-site', origin: 'http://127.0.0.1:1' }],
  ['an origin of another site', { origin: 'https://evil.example' }],
  ['a hidden origin', { origin: 'null' }],
])('a form sent by %s signs nobody in or out', async (_what, headers) => {
  const signedIn = await signIn({ email: 'ada@acme.example', password: 'ada-demo' }, headers);
  const signedOut = await fetch(`${origin}/logout`, { method: 'POST', headers, redirect: 'manual' });

  expect(signedIn.status).toBe(403);
  expect(signedOut.status).toBe(403);
  expect([...signedIn.headers.getSetCookie(), ...signedOut.headers.getSetCookie()]).toEqual([]);
});

test('a form of this application is accepted', async () => {
  const sent = { email: 'ada@acme.example', password: 'ada-demo' };

  expect((await signIn(sent, { 'sec-fetch-site': 'same-origin', origin })).status).toBe(303);
  expect((await signIn(sent, { origin })).status).toBe(303);
});

test.each(['GET', 'POST'])('%s /logout takes the session cookie away', async (method) => {
  const response = await fetch(`${origin}/logout`, { method, redirect: 'manual' });

  expect(response.status).toBe(303);
  expect(response.headers.getSetCookie()).toEqual([expect.stringMatching(/^host_app\.session=; .*1970/)]);
});

test('signing out shows Sandgate’s page for it in a hidden frame', async () => {
  const page = await (await get('/signed-out')).text();

  expect(page).toContain('<iframe src="https://dashboards.example/auth/logout" title="Signs out of Sandgate" hidden>');
});

test('what a person types is shown as text, never as markup', async () => {
  const page = await (await signIn({ email: '"><script>alert(1)</script>', password: 'x' })).text();

  expect(page).not.toContain('<script>alert');
  expect(page).toContain('&#60;script&#62;');
});

test('a form that is too long is refused without a trace of the program', async () => {
  const response = await signIn({ email: 'a'.repeat(5000), password: 'x' });

  expect(response.status).toBe(400);
  expect(await response.text()).not.toContain('node_modules');
});
