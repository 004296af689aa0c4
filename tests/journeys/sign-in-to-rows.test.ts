import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { people } from '@sandgate/host-app';
import { generateSampleRows } from '@sandgate/standalone';
import type { Browser, BrowserContext, FrameLocator, Page } from 'playwright-core';
import { launchBrowser } from '../support/chromium.js';
import { type RunningSystem, systemUnderTest } from '../support/system.js';

/**
 * The main job, as people meet it: in a browser, at the host application, through to the rows. It needs nothing but the address of a
 * running system: `SANDGATE_URL=http://localhost:3000 npm test -- tests/journeys`. Without that it starts one by `npm start`.
 */
let system: RunningSystem;
let browser: Browser;

beforeAll(async () => {
  system = await systemUnderTest();
  browser = await launchBrowser();
}, 300_000);

afterAll(async () => {
  await browser?.close();
  await system?.stop();
}, 60_000);

const invoices = generateSampleRows().invoices as readonly { id: number; account_id: number | null }[];
const invoicePath = '/tables/sample-database/public/invoices';

/** Ids of the invoices of these accounts, from the generator of the sample data and not from any query. */
const idsOf = (...accounts: number[]): number[] =>
  invoices
    .filter((row) => row.account_id !== null && accounts.includes(row.account_id))
    .map((row) => row.id)
    .sort((a, b) => a - b);

/** Opens a page of the dashboards signed out, and signs in at the host application that it leads to. */
async function arriveAs(email: string, path: string): Promise<{ context: BrowserContext; page: Page }> {
  const person = people.find((one) => one.email === email);
  if (!person) throw new Error(`the host application does not know ${email}`);
  const context = await browser.newContext();
  const page = await context.newPage();
  await page.goto(system.siteUrl + path);
  await page.getByLabel(/mail/i).fill(person.email);
  await page.getByLabel(/password/i).fill(person.password);
  await page.getByRole('button', { name: /sign in/i }).click();
  await page.waitForURL((url) => url.href.startsWith(system.siteUrl));
  return { context, page };
}

interface Answer {
  readonly status: number;
  // biome-ignore lint/suspicious/noExplicitAny: answers of many endpoints
  readonly body: any;
}

/** Asks the API from within the page, with the session of the browser. */
const ask = (page: Page, method: string, path: string, body?: unknown): Promise<Answer> =>
  page.evaluate(
    async ([verb, address, sent]) => {
      const init =
        sent === undefined ? {} : { headers: { 'content-type': 'application/json' }, body: JSON.stringify(sent) };
      const response = await fetch(address as string, { method: verb as string, ...init });
      return { status: response.status, body: await response.json() };
    },
    [method, path, body] as const,
  );

const tableOf = async (page: Page, name: string): Promise<{ id: number } | undefined> => {
  const { body } = await ask(page, 'GET', '/api/tables?limit=2000');
  return body.data.find((table: { name: string }) => table.name === name);
};

async function visibleInvoiceIds(page: Page): Promise<number[]> {
  const table = await tableOf(page, 'invoices');
  const { status, body } = await ask(page, 'GET', `/api/tables/${table?.id}/rows?limit=2000`);
  expect(status).toBe(200);
  const at = body.columns.findIndex((column: { name: string }) => column.name === 'id');
  return body.rows.map((row: number[]) => row[at]).sort((a: number, b: number) => a - b);
}

const rowsOfFirstPage = 50;

/** What the cells say, in their order. */
async function shownInvoiceIds(shown: FrameLocator): Promise<number[]> {
  const columns = await shown.getByRole('columnheader').allInnerTexts();
  const at = columns.findIndex((text) => /^id\b/.test(text)) + 1;
  return (await shown.locator(`tbody tr td:nth-child(${at})`).allInnerTexts()).map(Number);
}

describe('a person of a customer, signed in by the host application', () => {
  test.each([
    ['ada@acme.example', [28]],
    ['gita@globex.example', [5]],
    ['ben@acme.example', [28, 41]],
    ['hugo@globex.example', [28]],
  ])('%s sees exactly the invoices of accounts %j', async (email, accounts) => {
    const { context, page } = await arriveAs(email, invoicePath);

    expect(new URL(page.url()).pathname).toBe(invoicePath);
    expect(await visibleInvoiceIds(page)).toEqual(idsOf(...accounts));
    await context.close();
  });

  test('cannot count, group or filter what is not theirs', async () => {
    const { context, page } = await arriveAs('ada@acme.example', '/');
    const tableId = (await tableOf(page, 'invoices'))?.id;

    const counted = await ask(page, 'POST', '/api/query', { tableId, aggregations: [{ function: 'count', as: 'n' }] });
    const grouped = await ask(page, 'POST', '/api/query', {
      tableId,
      groupBy: ['account_id'],
      aggregations: [{ function: 'count', as: 'n' }],
    });
    const foreign = await ask(page, 'POST', '/api/query', {
      tableId,
      filter: { column: 'account_id', operator: '=', value: 5 },
    });

    expect(counted.body.rows).toEqual([[idsOf(28).length]]);
    expect(grouped.body.rows).toEqual([[28, idsOf(28).length]]);
    expect(foreign.body.rows).toEqual([]);
    await context.close();
  });

  test('sees one table in the list, and the others neither there nor by their number', async () => {
    const { context, page } = await arriveAs('gita@globex.example', '/');

    const { body } = await ask(page, 'GET', '/api/tables');
    expect(body.data.map((table: { name: string }) => table.name)).toEqual(['invoices']);
    for (let id = 1; id <= 8; id += 1) {
      if (id === body.data[0].id) continue;
      expect((await ask(page, 'GET', `/api/tables/${id}/rows`)).status).toBe(403);
    }
    await context.close();
  });

  test.each([
    ['ada@acme.example', 28],
    ['gita@globex.example', 5],
  ])(
    '%s sees the invoices of account %i, and no others, in the frame of the host application too',
    async (email, account) => {
      const { context, page } = await arriveAs(email, '/');
      const hostApp = system.hostAppUrlOf(await signInAddress());

      await page.goto(`${hostApp}/analytics`);
      const frame = page.frameLocator('iframe');
      await frame.getByRole('table').waitFor();

      expect(await shownInvoiceIds(frame)).toEqual(idsOf(account).slice(0, rowsOfFirstPage));
      const inFrame = page.frames().find((one) => one.url().startsWith(system.siteUrl));
      expect(await visibleInvoiceIds(inFrame as unknown as Page)).toEqual(idsOf(account));
      await page.screenshot({ path: system.screenshotPath(`analytics-${account}`) });
      await context.close();
    },
  );
});

test('a person without the attribute is told what is missing, and sees no row', async () => {
  const { context, page } = await arriveAs('cleo@acme.example', '/');
  const { body } = await ask(page, 'GET', '/api/user/current');
  expect(body.groups.map((group: { name: string }) => group.name)).toContain('Customer Acme');

  const response = await page.goto(system.siteUrl + invoicePath);
  expect(response?.status()).toBe(403);
  expect(await page.getByText(/account_id/).count()).toBeGreaterThan(0);
  await context.close();
});

test('signing out ends the session on the server', async () => {
  const { context, page } = await arriveAs('ada@acme.example', '/');
  const [cookie] = (await context.cookies()).filter(({ name }) => name === 'sandgate.SESSION');

  await page.getByRole('button', { name: /sign out/i }).click();
  await page.waitForURL((url) => url.href !== `${system.siteUrl}/`);

  const replayed = await fetch(`${system.siteUrl}/api/user/current`, {
    headers: { cookie: `sandgate.SESSION=${cookie?.value}` },
  });
  expect(replayed.status).toBe(401);
  await context.close();
});

/** Where the dashboards send a browser without a session. */
async function signInAddress(): Promise<string> {
  const response = await fetch(`${system.siteUrl}/auth/sso`, { redirect: 'manual' });
  return response.headers.get('location') ?? '';
}
