import { once } from 'node:events';
import { connect, type Socket } from 'node:net';
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { type RunningPermissions, startPermissions } from './running-permissions.js';

let permissions: RunningPermissions;
beforeAll(async () => {
  permissions = await startPermissions();
});
let stopped: Promise<void> | undefined;
afterAll(() => stopped ?? permissions.stop());

const request = 'GET /api/health/live HTTP/1.1\r\nhost: localhost\r\n\r\n';

const answered = async (socket: Socket): Promise<string> => {
  let text = '';
  socket.setEncoding('utf8').on('data', (chunk: string) => {
    text += chunk;
  });
  await once(socket, 'close');
  return text;
};

test('a service that stops answers everybody who has connected, also whom it has not taken in yet', async () => {
  const { port, hostname } = new URL(permissions.origin);
  const early = connect(Number(port), hostname);
  await once(early, 'connect');
  const waiting = Array.from({ length: 20 }, () => connect(Number(port), hostname));
  const answers = Promise.all([early, ...waiting].map(answered));
  for (const socket of waiting) socket.write(request);
  // From here on the system has the connections, and no turn of the service has seen them.
  await new Promise((resolve) => process.nextTick(resolve));

  stopped = permissions.stop();
  early.write(request);

  for (const answer of await answers) expect(answer).toMatch(/^HTTP\/1\.1 200 [\s\S]*\r\nconnection: close\r\n/i);
  await stopped;
});
