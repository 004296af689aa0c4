import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterAll, beforeAll, expect, it } from '@jest/globals';
import { launchBrowser } from './chromium.js';

let server: Server;
beforeAll(async () => {
  server = createServer((_request, response) => response.end('<title>here</title>'));
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
});
afterAll(() => new Promise((resolve) => server.close(resolve)));

it('shows pages of this machine, and of no other', async () => {
  const browser = await launchBrowser();
  const page = await browser.newPage();

  await page.goto(`http://localhost:${(server.address() as AddressInfo).port}/`);

  await expect(page.title()).resolves.toBe('here');
  await expect(page.goto('http://sandgate.example/')).rejects.toThrow('ERR_NAME_NOT_RESOLVED');
  await browser.close();
});
