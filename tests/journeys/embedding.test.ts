import { readFileSync } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { people } from '@sandgate/host-app';
import { generateSampleRows } from '@sandgate/standalone';
import type { Browser, BrowserContext, Page } from 'playwright-core';
import { blockThirdPartyCookies, launchBrowser } from '../support/chromium.js';
import { eventually } from '../support/eventually.js';
import { freePort } from '../support/free-port.js';
import { startProcess } from '../support/start-process.js';
import { type RunningSystem, startSystem } from '../support/system.js';

/**
 * Sandgate in the pages of a host application, in a browser that keeps back the cookies of other sites in frames. The host application is on
 * Sandgate's site by the name `localhost`, on another one by `127.0.0.1`.
 */
let browser: Browser;
let home: string;
/** Of Sandgate, of the sample host application, and of one that is made as the documents say. */
let port: number;
let hostAppPort: number;
let documentedPort: number;
const sharedSecret = '5f0d8f3c1b7e4a6990c2d4e8f1a3b5c7d9e0f2143658779abcdef01928374655';

beforeAll(async () => {
  browser = await launchBrowser();
  home = await mkdtemp(join(tmpdir(), 'sandgate-'));
  [port, hostAppPort, documentedPort] = [await freePort(), await freePort(), await freePort()];
});

afterAll(async () => {
  await browser?.close();
  await rm(home, { recursive: true, force: true });
});

/** One Sandgate for the tests of a `describe`, on the data of the one before it. */
function runWithCookies(sameSite: 'lax' | 'strict' | 'none'): () => RunningSystem {
  let system: RunningSystem;
  beforeAll(async () => {
    system = await startSystem({
      SANDGATE_HOME: home,
      PORT: String(port),
      HOST_APP_PORT: String(hostAppPort),
      SANDGATE_EMBEDDING_ORIGINS: `http://localhost:${hostAppPort} http://127.0.0.1:${hostAppPort} http://localhost:${documentedPort}`,
      SANDGATE_JWT_SHARED_SECRET: sharedSecret,
      SANDGATE_COOKIE_SAMESITE: sameSite,
    });
  }, 300_000);
  afterAll(() => system?.stop(), 60_000);
  return () => system;
}

const invoices = generateSampleRows().invoices as readonly { id: number; account_id: number | null }[];
const gitasInvoices = invoices.filter(({ account_id: account }) => account === 5).map(({ id }) => String(id));

/** Signs in to the host application, which never shows Sandgate's own form. */
async function signInTo(name: string, path: string): Promise<{ context: BrowserContext; page: Page }> {
  const gita = people.find(({ email }) => email === 'gita@globex.example');
  if (!gita) throw new Error('the host application has no Gita');
  const context = await browser.newContext();
  const page = await context.newPage();
  await blockThirdPartyCookies(page);
  await page.goto(`http://${name}:${hostAppPort}/login?return_to=${encodeURIComponent(path)}`);
  await page.getByLabel(/mail/i).fill(gita.email);
  await page.getByLabel(/password/i).fill(gita.password);
  await page.getByRole('button', { name: 'Sign in' }).click();
  await page.waitForURL((url) => url.pathname === path);
  return { context, page };
}

/** What a person finds in the pages of the host application of this name. */
function worksInPagesOf(name: string, system: () => RunningSystem): void {
  describe(`in a page of ${name}`, () => {
    test('the frame of /analytics shows a person their rows, page after page', async () => {
      const { context, page } = await signInTo(name, '/analytics');
      const frame = page.frameLocator('iframe');
      await frame.getByRole('table').waitFor();
      const shown = async (): Promise<string[]> => frame.locator('tbody tr td:first-child').allInnerTexts();
      const first = await shown();

      expect(first.length).toBeGreaterThan(0);
      for (const id of first) expect(gitasInvoices).toContain(id);
      await frame.getByRole('link', { name: 'Sample Database' }).click();
      await frame.getByRole('heading', { name: 'Tables' }).waitFor();
      await context.close();
    });

    test('signing out of the host application signs a person out of the frame’s session too', async () => {
      const { context, page } = await signInTo(name, '/analytics');
      await page.frameLocator('iframe').getByRole('table').waitFor();
      const session = (await context.cookies()).find((cookie) => /^sandgate\./.test(cookie.name));
      const ask = async (): Promise<number> => {
        const headers = { 'x-metabase-session': session?.value ?? '' };
        return (await fetch(`${system().siteUrl}/api/user/current`, { headers })).status;
      };
      expect(await ask()).toBe(200);

      await page.getByRole('button', { name: 'Sign out' }).click();

      await eventually(async () => expect(await ask()).toBe(401));
      await context.close();
    });

    test('the page that asks by JSON shows a person their rows, and leaves no cookie', async () => {
      const { context, page } = await signInTo(name, '/report');
      await page.getByRole('table').waitFor();
      const shown = await page.locator('tbody tr td:first-child').allInnerTexts();

      expect(shown.length).toBeGreaterThan(0);
      for (const id of shown) expect(gitasInvoices).toContain(id);
      expect((await context.cookies()).filter((cookie) => cookie.name.startsWith('sandgate.'))).toEqual([]);
      await context.close();
    });

    test('the link to Sandgate signs a person in', async () => {
      const { context, page } = await signInTo(name, '/');
      await page.getByRole('link', { name: 'Sandgate', exact: true }).click();
      await page.getByRole('heading', { name: 'Tables' }).waitFor();

      expect(page.url()).toBe(`${system().siteUrl}/`);
      await context.close();
    });
  });
}

function isReachedFromAnotherSite(system: () => RunningSystem): void {
  test('a link of another site leads a person in', async () => {
    const { context, page } = await signInTo('127.0.0.1', '/');
    await page.getByRole('link', { name: 'Sandgate', exact: true }).click();
    await page.getByRole('heading', { name: 'Tables' }).waitFor();

    expect(page.url()).toBe(`${system().siteUrl}/`);
    await context.close();
  });
}

function explainsItselfInForeignFrames(): void {
  test('a frame of another site says what is missing, instead of going round in circles', async () => {
    const { context, page } = await signInTo('127.0.0.1', '/analytics');

    await page.frameLocator('iframe').getByText('auth.cookie_blocked').waitFor();
    await context.close();
  });
}

describe('with cookies of SameSite lax', () => {
  const system = runWithCookies('lax');
  worksInPagesOf('localhost', system);
  isReachedFromAnotherSite(system);
  explainsItselfInForeignFrames();

  describe('the program in docs/connect', () => {
    test.each([
      [
        'redirect.md',
        '/sso/sandgate?return_to=/tables/sample-database/public/invoices',
        (page: Page) => page.locator('tbody tr'),
      ],
      ['iframe.md', '/analytics', (page: Page) => page.frameLocator('iframe').locator('tbody tr')],
      ['json.md', '/', (page: Page) => page.locator('pre').getByText(/\d/)],
    ])('%s works as it is printed', async (file, path, rowsOf) => {
      const text = readFileSync(new URL(`../../docs/connect/${file}`, import.meta.url), 'utf8');
      const program = /```js\n([\s\S]+?)```/.exec(text)?.[1] ?? '';
      const started = await startProcess(process.execPath, ['--input-type=module', '--eval', program], {
        cwd: fileURLToPath(new URL('../..', import.meta.url)),
        env: {
          PORT: String(documentedPort),
          SANDGATE_SITE_URL: system().siteUrl,
          SANDGATE_JWT_SHARED_SECRET: sharedSecret,
        },
      });
      const context = await browser.newContext();
      try {
        const page = await context.newPage();
        await eventually(() => page.goto(`http://localhost:${documentedPort}${path}`));
        await rowsOf(page).first().waitFor();
      } finally {
        await context.close();
        started.signal('SIGTERM');
        await started.exited;
      }
    });
  });
});

describe('with cookies of SameSite strict', () => {
  const system = runWithCookies('strict');
  worksInPagesOf('localhost', system);
  isReachedFromAnotherSite(system);
  explainsItselfInForeignFrames();
});

describe('with cookies of SameSite none', () => {
  const system = runWithCookies('none');
  worksInPagesOf('localhost', system);
  worksInPagesOf('127.0.0.1', system);
  isReachedFromAnotherSite(system);
});

test('the browser keeps back a cookie of another site that is not partitioned, and so these tests say something', async () => {
  const sent: (string | undefined)[] = [];
  const server: Server = createServer((request, response) => {
    if (request.url === '/seen') sent.push(request.headers.cookie);
    const kinds = ['plain=1; SameSite=None; Secure', 'apart=1; SameSite=None; Secure; Partitioned'];
    if (request.url === '/set') response.setHeader('set-cookie', kinds);
    response.setHeader('content-type', 'text/html');
    const there = `http://localhost:${(server.address() as AddressInfo).port}`;
    response.end(request.url === '/' ? `<iframe src="${there}/set"></iframe>` : '<a href="/seen">on</a>');
  });
  await new Promise<void>((resolve) => server.listen(0, () => resolve()));
  const page = await browser.newPage();
  await blockThirdPartyCookies(page);
  await page.goto(`http://127.0.0.1:${(server.address() as AddressInfo).port}/`);
  await page.frameLocator('iframe').getByRole('link').click();
  await eventually(() => expect(sent).toHaveLength(1));
  await page.close();
  server.closeAllConnections();
  await new Promise((resolve) => server.close(resolve));

  expect(sent).toEqual(['apart=1']);
});
