import { createServer, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterEach, expect, test } from '@jest/globals';
import { defineQuestion } from '@sandgate/contracts';
import { z } from 'zod';
import { httpAsk } from './ask.js';

const question = defineQuestion({
  name: 'auth.slow',
  answeredBy: 'auth',
  input: z.strictObject({}),
  output: z.unknown(),
  patienceSeconds: 0.3,
});

let stop = (): void => undefined;
afterEach(() => stop());

test.each<[string, (response: ServerResponse) => void]>([
  ['does not begin', () => undefined],
  [
    'goes on and on',
    (response) => {
      const drip = setInterval(() => response.write(' '), 50);
      response.on('close', () => clearInterval(drip));
    },
  ],
])('an answer that %s is waited for as long as the question says, and hung up on', async (_what, answer) => {
  let hungUp: Promise<unknown> | undefined;
  const server = createServer((_request, response) => {
    hungUp = new Promise((resolve) => response.on('close', resolve));
    answer(response);
  }).listen(0, '127.0.0.1');
  stop = () => void server.close();
  await new Promise((resolve) => server.once('listening', resolve));
  const address = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  const ask = httpAsk({ auth: address, directory: address, permissions: address, dashboard: address }, 'credential');

  await expect(ask(question, {})).rejects.toMatchObject({ code: 'service.unavailable' });
  await hungUp;
});
