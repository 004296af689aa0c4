import type { IncomingMessage, Server, ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import express from 'express';
import { createAppServer } from './create-app-server.js';

let server: Server;
const app = express();
const arrived: { request: unknown; response: unknown }[] = [];

beforeAll(async () => {
  app.get('/greeting', (request, response) => void response.status(201).json({ to: request.get('x-name') }));
  server = createAppServer(app);
  server.prependListener('request', (request: IncomingMessage, response: ServerResponse) => {
    arrived.push({ request: Object.getPrototypeOf(request), response: Object.getPrototypeOf(response) });
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
});
afterAll(() => new Promise((resolve) => server.close(resolve)));

test('a request arrives as Express would make it, so that Express has nothing to change', async () => {
  const address = `http://127.0.0.1:${(server.address() as AddressInfo).port}/greeting`;

  const answer = await fetch(address, { headers: { 'x-name': 'Anna' } });

  expect({ status: answer.status, body: await answer.json() }).toEqual({ status: 201, body: { to: 'Anna' } });
  expect(arrived).toHaveLength(1);
  expect(arrived[0]?.request).toBe(app.request);
  expect(arrived[0]?.response).toBe(app.response);
});
