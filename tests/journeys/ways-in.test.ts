import { execFile } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { people } from '@sandgate/host-app';
import { generateSampleRows } from '@sandgate/standalone';
import type { Browser, Page } from 'playwright-core';
import { launchBrowser } from '../support/chromium.js';
import { eventually } from '../support/eventually.js';
import { clientSecret, type OpenIdProvider, startOpenIdProvider } from '../support/openid-provider.js';
import { type StartedSystem, startSystem } from '../support/system.js';

/** Programs by an API key, people by a password and by an OpenID Connect provider, through everything that `npm start` starts. */
const administrator = { email: 'olga@operator.example', password: 'a password for the tests' };

let system: StartedSystem;
let browser: Browser;

beforeAll(async () => {
  system = await startSystem({
    SANDGATE_ADMIN_EMAIL: administrator.email,
    SANDGATE_ADMIN_PASSWORD: administrator.password,
  });
  browser = await launchBrowser();
}, 300_000);

afterAll(async () => {
  await browser?.close();
  await system?.stop();
}, 60_000);

interface Answer {
  readonly status: number;
  // biome-ignore lint/suspicious/noExplicitAny: answers of many endpoints
  readonly body: any;
}

async function send(method: string, path: string, headers: Record<string, string>, body?: unknown): Promise<Answer> {
  const response = await fetch(system.siteUrl + path, {
    method,
    headers: { ...headers, ...(body !== undefined && { 'content-type': 'application/json' }) },
    ...(body !== undefined && { body: JSON.stringify(body) }),
  });
  const text = await response.text();
  return { status: response.status, body: text === '' ? undefined : JSON.parse(text) };
}

const signIn = ({ email, password } = administrator): Promise<Answer> =>
  send('POST', '/api/session', {}, { username: email, password });

let session: Promise<string> | undefined;

const asAdministrator = async (method: string, path: string, body?: unknown): Promise<Answer> => {
  session ??= signIn().then((answer) => answer.body.id);
  return send(method, path, { 'x-metabase-session': await session }, body);
};

const idOfGroup = async (name: string): Promise<number> => {
  const { body } = await asAdministrator('GET', '/api/groups?limit=2000');
  return body.data.find((group: { name: string }) => group.name === name).id;
};

const fill = async (page: Page, email: string, password: string): Promise<void> => {
  await page.getByLabel(/mail/i).fill(email);
  await page.getByLabel(/password/i).fill(password);
  await page.getByRole('button', { name: /sign in/i }).click();
};

describe('a program with an API key', () => {
  const invoices = generateSampleRows().invoices as readonly { id: number; account_id: number | null }[];

  test('sees the rows of its group and attributes from its first request on, and none once it is revoked', async () => {
    const groupIds = [await idOfGroup('Customer Acme')];
    const { body: made } = await asAdministrator('POST', '/api/api-keys', { name: 'Nightly report', groupIds });
    const asProgram = (method: string, path: string, body?: unknown) =>
      send(method, path, { 'x-api-key': made.key }, body);

    const { body: me } = await asProgram('GET', '/api/user/current');
    expect(me).toMatchObject({ id: made.id, firstName: 'Nightly report', administrator: false });
    expect(me.groups.map(({ name }: { name: string }) => name)).toEqual(['All Users', 'Customer Acme']);

    const tables = (await asAdministrator('GET', '/api/tables?limit=2000')).body.data;
    const { id: tableId } = tables.find(({ name }: { name: string }) => name === 'invoices');
    const count = { tableId, aggregations: [{ function: 'count', as: 'n' }] };
    expect((await asProgram('POST', '/api/query', count)).body.code).toBe('permissions.attribute_missing');

    const adminAttributes = { account_id: { value: 28 } };
    expect((await asAdministrator('PATCH', `/api/accounts/${made.id}`, { adminAttributes })).status).toBe(200);
    const visible = invoices.filter(({ account_id: id }) => id === 28).length;
    expect((await asProgram('POST', '/api/query', count)).body.rows).toEqual([[visible]]);
    const explained = await asAdministrator('GET', `/api/decisions?accountId=${made.id}&tableId=${tableId}`);
    const because = explained.body.because.find(({ access }: { access: string }) => access === 'sandboxed');
    expect(because.group).toMatchObject({ name: 'Customer Acme', sources: ['api-key'] });

    const moved = await asAdministrator('PATCH', `/api/api-keys/${made.id}`, {
      groupIds: [await idOfGroup('Customer Globex')],
    });
    expect(moved.status).toBe(200);
    const now = (await asProgram('GET', '/api/user/current')).body.groups;
    expect(now.map(({ name }: { name: string }) => name)).toEqual(['All Users', 'Customer Globex']);

    await asAdministrator('DELETE', `/api/api-keys/${made.id}`);
    expect((await asProgram('GET', '/api/user/current')).status).toBe(401);
  });
});

describe('a person with a password', () => {
  const chosen = 'a sentence that olga has chosen';

  test('sets a new one by a link, which leaves the address, and signs in with it', async () => {
    const { body: me } = await asAdministrator('GET', '/api/user/current');
    const { body: link } = await asAdministrator('POST', `/api/accounts/${me.id}/password-reset`);
    const context = await browser.newContext();
    const page = await context.newPage();
    await page.goto(`${system.siteUrl}/reset-password`);
    await page.getByText(/link is not complete/).waitFor();
    expect(await page.getByLabel(/password/i).isVisible()).toBe(false);
    // Nothing of the page is loaded for another fragment, unless it sees to that.
    await page.goto(link.url);

    await page.getByLabel(/password/i).fill('Password1234');
    await page.getByRole('button', { name: /set the password/i }).click();
    await page.getByText(/not good enough/).waitFor();
    expect(page.url()).toBe(`${system.siteUrl}/reset-password`);
    await page.getByLabel(/password/i).fill(chosen);
    await page.getByRole('button', { name: /set the password/i }).click();
    await page.getByText(/password is set/i).waitFor();

    expect((await asAdministrator('GET', '/api/user/current')).status).toBe(401);
    session = undefined;
    expect((await signIn()).status).toBe(401);
    await page.getByRole('link', { name: /sign in/i }).click();
    await fill(page, administrator.email, chosen);
    await page.waitForURL(`${system.siteUrl}/`);
    session = signIn({ ...administrator, password: chosen }).then((answer) => answer.body.id);
    await context.close();
  });

  test('is sent to single sign-on once passwords are turned off, until the operator turns them on', async () => {
    expect((await asAdministrator('PUT', '/api/password-sign-in', { enabled: false })).body.code).toBe(
      'auth.no_other_way_in',
    );
    const ada = people.find(({ email }) => email === 'ada@acme.example') ?? people[0];
    const context = await browser.newContext();
    const page = await context.newPage();
    await page.goto(`${system.siteUrl}/`);
    await fill(page, ada?.email ?? '', ada?.password ?? '');
    await page.waitForURL(`${system.siteUrl}/`);
    const [cookie] = (await context.cookies()).filter(({ name }) => name === 'sandgate.SESSION');
    const { body: me } = await send('GET', '/api/user/current', { 'x-metabase-session': cookie?.value ?? '' });
    await asAdministrator('PUT', `/api/groups/${await idOfGroup('Administrators')}/members/${me.id}`);

    expect((await asAdministrator('PUT', '/api/password-sign-in', { enabled: false })).status).toBe(200);
    expect((await signIn({ ...administrator, password: chosen })).body.code).toBe('auth.password_sign_in_disabled');
    await context.clearCookies();
    await page.goto(`${system.siteUrl}/login`);
    await page.getByText(/turned off/).waitFor();
    expect(await page.getByLabel(/password/i).count()).toBe(0);
    await page.getByRole('link', { name: /single sign-on/i }).click();
    await page.waitForURL((url) => url.origin !== system.siteUrl || url.pathname === '/');
    await context.close();

    const { stdout } = await promisify(execFile)(
      process.execPath,
      [fileURLToPath(new URL('../../scripts/admin.mjs', import.meta.url)), 'enable-password-sign-in'],
      {
        env: { PATH: process.env['PATH'], PORT: new URL(system.siteUrl).port, SANDGATE_HOME: system.home },
      },
    );
    expect(stdout).toContain('may sign in with a password');
    await eventually(async () => expect((await signIn({ ...administrator, password: chosen })).status).toBe(200));
  });
});

describe('a person of an OpenID Connect provider', () => {
  let provider: OpenIdProvider;
  beforeAll(async () => {
    provider = await startOpenIdProvider({ redirectUri: `${system.siteUrl}/auth/sso/callback`, pages: true });
  });
  afterAll(() => provider?.stop());

  test('signs in at the provider, consents, and is back where the way began', async () => {
    const settings = { enabled: true, issuer: provider.issuer, clientId: 'sandgate', clientSecret };
    const added = await asAdministrator('POST', '/api/providers', { name: 'openid', kind: 'oidc', settings });
    expect(added.status).toBe(201);
    // From now on the only way in.
    expect((await asAdministrator('PUT', '/api/providers/jwt', { enabled: false })).status).toBe(200);
    provider.person = {
      sub: 'rene',
      email: 'rene@acme.example',
      given_name: 'Rene',
      family_name: 'Mueller',
      groups: ['Sales'],
    };

    const context = await browser.newContext();
    const page = await context.newPage();
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
    const kept = await context.cookies(`${system.siteUrl}/auth/sso`);
    // The provider's own are there too: a browser tells no port from another.
    const own = kept.map(({ name }) => name).filter((name) => name.startsWith('sandgate.'));
    expect(own).toEqual(['sandgate.SESSION']);
    await context.close();
  }, 120_000);
});
