import { execFileSync } from 'node:child_process';
import { once } from 'node:events';
import { closeSync, mkdtempSync, openSync, rmSync } from 'node:fs';
import { open } from 'node:fs/promises';
import { createServer, type ServerResponse } from 'node:http';
import type { AddressInfo, Socket } from 'node:net';
import os from 'node:os';
import path from 'node:path';
import { afterEach, describe, expect, test } from '@jest/globals';
import { type Ask, defineQuestion } from '@sandgate/contracts';
import { z } from 'zod';
import { httpAsk } from './ask.js';

const question = defineQuestion({
  name: 'auth.slow',
  answeredBy: 'auth',
  isIdempotent: true,
  input: z.strictObject({}),
  output: z.unknown(),
  patienceSeconds: 0.3,
});

let stop = (): void => undefined;
afterEach(() => stop());

const askAt = (port: number, host = '127.0.0.1'): Ask => {
  const address = `http://${host}:${port}`;
  return httpAsk({ auth: address, directory: address, permissions: address, dashboard: address }, 'credential');
};

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
  const ask = askAt((server.address() as AddressInfo).port);

  await expect(ask(question, {})).rejects.toMatchObject({ code: 'service.unavailable' });
  await hungUp;
});

/** Holds all threads that look names up, until what is returned is called. */
function holdLookups(): () => Promise<void> {
  const folder = mkdtempSync(path.join(os.tmpdir(), 'sandgate-ask-'));
  const pipe = path.join(folder, 'pipe');
  execFileSync('mkfifo', [pipe]);
  const threads = Number(process.env['UV_THREADPOOL_SIZE'] ?? 4);
  // To open a pipe takes until somebody opens its other end.
  const opening = Array.from({ length: threads }, () => open(pipe, 'r'));
  return async () => {
    const otherEnd = openSync(pipe, 'r+');
    for (const file of await Promise.all(opening)) await file.close();
    closeSync(otherEnd);
    rmSync(folder, { recursive: true });
  };
}

test('a question that gets a connection only when nobody waits any more is not asked', async () => {
  let questions = 0;
  const server = createServer((_request, response) => {
    questions += 1;
    response.end(JSON.stringify({ questions }));
  }).listen(0, '127.0.0.1');
  stop = () => void server.close();
  await once(server, 'listening');
  const ask = askAt((server.address() as AddressInfo).port, 'localhost');
  const connection = once(server, 'connection');
  const release = holdLookups();

  await expect(ask(question, {})).rejects.toMatchObject({ code: 'service.unavailable' }).finally(release);

  await connection;
  expect(await ask({ ...question, patienceSeconds: 5 }, {})).toEqual({ questions: 1 });
});

describe('a question whose connection breaks', () => {
  /** Answers the first question of a connection, as an instance does that stops afterwards. */
  async function askTwice(isIdempotent: boolean, answersOnNewConnections = true) {
    const connections: Socket[] = [];
    let questions = 0;
    const server = createServer((request, response) => {
      questions += 1;
      const isFirst = !connections.includes(request.socket);
      connections.push(request.socket);
      if (questions === 1 || (isFirst && answersOnNewConnections)) response.end('{}');
      else request.socket.resetAndDestroy();
    }).listen(0, '127.0.0.1');
    stop = () => void server.close();
    await once(server, 'listening');
    const ask = askAt((server.address() as AddressInfo).port);
    const patient = { ...question, isIdempotent, patienceSeconds: 5 };
    await ask(patient, {});
    // Only in a later turn is the connection free for another question.
    await new Promise((resolve) => setImmediate(resolve));
    const answered = await ask(patient, {}).catch(({ code }) => code);
    return { answered, questions, connections: new Set(connections).size };
  }

  test('is asked again, on a connection of its own', async () => {
    expect(await askTwice(true)).toEqual({ answered: {}, questions: 3, connections: 2 });
  });

  test('is asked once more at most', async () => {
    expect(await askTwice(true, false)).toEqual({ answered: 'service.unavailable', questions: 3, connections: 2 });
  });

  test('is not asked again where twice is not as once', async () => {
    expect(await askTwice(false)).toEqual({ answered: 'service.unavailable', questions: 2, connections: 1 });
  });
});
