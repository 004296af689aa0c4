import { execFile } from 'node:child_process';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterEach, beforeEach, expect, it } from '@jest/globals';
import { importPastJest } from './past-jest-transform.js';

const fromRoot = (file: string): string => fileURLToPath(new URL(`../../../${file}`, import.meta.url));

let folder: string;
beforeEach(async () => {
  folder = await mkdtemp(path.join(os.tmpdir(), 'sandgate-leaks-'));
});
afterEach(() => rm(folder, { recursive: true }));

/** Runs jest on test files with these bodies, one after the other; resolves to its exit code and what it wrote. */
const runTest = async (...bodies: string[]): Promise<{ code: number; output: string }> => {
  for (const [n, body] of bodies.entries())
    await writeFile(path.join(folder, `planted-${n}.test.js`), `test('planted', async () => { ${body} });`);
  const config = {
    rootDir: folder,
    transform: {},
    testEnvironment: fromRoot('tests/dist/jest/leak-guard-environment.js'),
  };
  const args = [
    '--experimental-vm-modules',
    fromRoot('node_modules/jest/bin/jest.js'),
    '--runInBand',
    '--config',
    JSON.stringify(config),
  ];
  return new Promise((resolve) => {
    execFile(process.execPath, args, { cwd: folder, timeout: 60_000 }, (error, stdout, stderr) =>
      resolve({ code: Number(error?.code ?? 0), output: stdout + stderr }),
    );
  });
};

const leaks: [what: string, body: string, named: string][] = [
  ['a listener', "require('node:net').createServer().listen(0)", 'listener on port'],
  [
    'a connection',
    "const { createServer, connect } = require('node:net'); const server = createServer().unref().listen(0, () => connect(server.address().port)); await new Promise((resolve) => server.once('connection', resolve));",
    'connection to port',
  ],
  ['a process', "require('node:child_process').spawn('sleep', ['1000'])", 'sleep 1000'],
  ['an interval', 'setInterval(() => {}, 1000)', 'timer started'],
  ['a long timeout', 'setTimeout(() => {}, 100_000)', 'timer started'],
  [
    'an interval of something built',
    `await globalThis[Symbol.for('${importPastJest}')]('data:text/javascript,setInterval(() => {}, 1000)')`,
    'timer started',
  ],
];

it.each(leaks)('fails a test that leaves %s behind, and does not hang', async (_what, body, named) => {
  const { code, output } = await runTest(body);

  expect(output).toContain(named);
  expect(code).toBe(1);
});

it('lets a test pass that leaves nothing behind', async () => {
  const { code, output } = await runTest(
    'await new Promise((resolve) => setTimeout(resolve, 10)); clearInterval(setInterval(() => {}, 1000)); setInterval(() => {}, 1000).unref();',
  );

  expect(output).toContain('1 passed');
  expect(code).toBe(0);
});

it('still shows why a test failed that also leaves something behind', async () => {
  const { output } = await runTest("setInterval(() => {}, 1000); throw new Error('the reason');");

  expect(output).toContain('the reason');
  expect(output).toContain('timer started');
});

it('gives no file what another one keeps for its asynchronous work', async () => {
  // Core modules are what files share; whichever runs second finds what the first has left. From Node 24 on nothing is left enabled.
  const body = `
    const shared = require('node:async_hooks');
    const storage = new shared.AsyncLocalStorage();
    storage.run('of a file', () => undefined);
    console.log('left enabled: ' + Boolean(shared.planted?.enabled));
    shared.planted = storage;`;

  const { code, output } = await runTest(body, body);

  expect(output.match(/left enabled: false/g)).toHaveLength(2);
  expect(code).toBe(0);
});
