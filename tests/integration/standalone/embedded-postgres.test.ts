import { execFileSync } from 'node:child_process';
import { mkdir, mkdtemp, readdir, readFile, rm, stat, writeFile } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import { afterAll, afterEach, beforeAll, beforeEach, expect, test } from '@jest/globals';
import pg from 'pg';
import { identityOf } from '../../../standalone/src/embedded-postgres/living-process.js';
import { startEmbeddedPostgres } from '../../../standalone/src/embedded-postgres.js';
import { eventually, Hopeless } from '../../support/eventually.js';
import { type StartedProcess, startProcess } from '../../support/start-process.js';

/** As a first start and a stop leave it: to make a cluster takes longer than all else that is tried here. */
let used: string;
let directory: string;
let lines: string[];
let cleanUps: (() => Promise<unknown>)[];

const makeDirectory = (): Promise<string> => mkdtemp(path.join(os.tmpdir(), 'sandgate-embedded-postgres-'));

beforeAll(async () => {
  used = await makeDirectory();
  await (await startEmbeddedPostgres({ directory: used, log: () => undefined })).stop();
});
afterAll(() => rm(used, { recursive: true, force: true }));

beforeEach(async () => {
  directory = await makeDirectory();
  // With the owners of the files, which `fs.cp` does not keep.
  execFileSync('cp', ['-a', `${used}/.`, directory]);
  lines = [];
  cleanUps = [() => rm(directory, { recursive: true, force: true }), killServer];
});

afterEach(async () => {
  for (const cleanUp of cleanUps.reverse()) await cleanUp();
});

const start = async () => {
  const started = await startEmbeddedPostgres({ directory, log: (line) => lines.push(line) });
  cleanUps.push(started.stop);
  return started;
};

const built = new URL('../../../standalone/dist/embedded-postgres.js', import.meta.url).href;

/** The same in a process of its own, which tells the address and then stays, whatever the terminal says. */
const startElsewhere = async (): Promise<{ process: StartedProcess; adminUrl: string }> => {
  const program = `
    import { startEmbeddedPostgres } from '${built}';
    process.on('SIGINT', () => undefined);
    const { adminUrl } = await startEmbeddedPostgres({ directory: '${directory}', log: () => undefined });
    console.log(adminUrl);
    setInterval(() => undefined, 1000);`;
  const env = { PATH: process.env['PATH'] };
  const started = await startProcess(process.execPath, ['--input-type=module', '--eval', program], { env });
  cleanUps.push(async () => kill9(started));
  const adminUrl = await eventually(() => {
    if (started.hasExited()) throw new Hopeless(`It has ended: ${started.output()}`);
    expect(started.output()).toContain('postgres://');
    return started.output().trim();
  });
  return { process: started, adminUrl };
};

const kill9 = async (started: StartedProcess): Promise<void> => {
  started.signal('SIGKILL');
  await started.exited;
};

const query = async (url: string, sql: string): Promise<unknown> => {
  const client = new pg.Client(url);
  client.on('error', () => undefined);
  await client.connect();
  try {
    return Object.values((await client.query(sql)).rows[0] ?? {})[0];
  } finally {
    await client.end();
  }
};

const serverPid = async (): Promise<number> => {
  const file = await readFile(path.join(directory, 'postgres', 'postmaster.pid'), 'utf8');
  return Number(file.split('\n')[0]);
};

/** What a failed test may have left behind. */
const killServer = async (): Promise<void> => {
  const pid = await serverPid().catch(() => undefined);
  if (pid !== undefined && isThere(pid)) process.kill(pid, 'SIGKILL');
};

// One that nobody has collected yet has a number still, and has ended.
const isThere = (pid: number): boolean => identityOf(pid) !== undefined;

test('what was written before a stop is there after the next start', async () => {
  const first = await start();
  await query(first.adminUrl, 'create table kept as select 28 as answer');
  await first.stop();

  const second = await start();

  expect(await query(second.adminUrl, 'select answer from kept')).toBe(28);
});

test('once stopped, no process and no other file is left', async () => {
  const started = await start();
  const pid = await serverPid();

  await started.stop();

  expect(isThere(pid)).toBe(false);
  expect(await readdir(directory)).toEqual(['postgres', 'postgres-password', 'postgres.log']);
});

test('a second start is refused with one sentence while a living process uses the directory', async () => {
  const { process: first, adminUrl } = await startElsewhere();

  await expect(start()).rejects.toThrow(
    new RegExp(`^Sandgate is already running on .+ \\(process ${first.pid}\\); stop it, or set SANDGATE_HOME`),
  );
  expect(await query(adminUrl, 'select 1')).toBe(1);
});

test('a second start in the same process is refused too', async () => {
  await start();

  await expect(start()).rejects.toThrow(/^Sandgate is already running on /);
});

test('after kill -9 the next start ends the server that was left behind and finds what was committed', async () => {
  const { process: first, adminUrl } = await startElsewhere();
  await query(adminUrl, 'create table kept as select 28 as answer');
  const orphan = await serverPid();
  await kill9(first);
  expect(isThere(orphan)).toBe(true);

  const second = await start();

  expect(isThere(orphan)).toBe(false);
  expect(lines[0]).toBe(`ended the PostgreSQL that an earlier start had left behind (process ${orphan})`);
  expect(await query(second.adminUrl, 'select answer from kept')).toBe(28);
});

test('after kill -9 of the process and of its server the next start recovers what was committed', async () => {
  const { process: first, adminUrl } = await startElsewhere();
  await query(adminUrl, 'create table kept as select 28 as answer');
  await kill9(first);
  process.kill(await serverPid(), 'SIGKILL');

  const second = await start();

  expect(await query(second.adminUrl, 'select answer from kept')).toBe(28);
});

test('the number of a killed process is in nobody’s way when it belongs to another process', async () => {
  await writeFile(path.join(directory, `postgres.${process.ppid}.lock`), 'started at some other time');

  const started = await start();

  expect(await query(started.adminUrl, 'select 1')).toBe(1);
});

test('a process that is not the server survives and is in nobody’s way, though a pid file names it', async () => {
  await (await start()).stop();
  const { uid, gid } = await stat(path.join(directory, 'postgres'));
  const user = process.getuid?.() === 0 ? { user: { uid, gid } } : {};
  const bystander = await startProcess('sleep', ['600'], { env: { PATH: process.env['PATH'] }, ...user });
  cleanUps.push(() => kill9(bystander));
  await writeFile(path.join(directory, 'postgres', 'postmaster.pid'), `${bystander.pid}\n${directory}/postgres\n`);

  const second = await start();

  expect(await query(second.adminUrl, 'select 1')).toBe(1);
  expect(bystander.hasExited()).toBe(false);
});

test('a server that is killed comes back on the same port with what was committed', async () => {
  const { adminUrl } = await start();
  await query(adminUrl, 'create table kept as select 28 as answer');
  const killed = await serverPid();

  process.kill(killed, 'SIGKILL');

  await eventually(async () => expect(await query(adminUrl, 'select answer from kept')).toBe(28));
  expect(await serverPid()).not.toBe(killed);
  expect(lines).toContain('PostgreSQL has ended unexpectedly, starting it again');
});

test('Ctrl-C in the terminal does not reach the server', async () => {
  const { process: started, adminUrl } = await startElsewhere();

  process.kill(-started.pid, 'SIGINT');

  expect(await query(adminUrl, "select pg_sleep(0.2) is null or 'alive' = 'alive'")).toBe(true);
});

test('a first start that was killed half-way is in nobody’s way', async () => {
  await rm(path.join(directory, 'postgres'), { recursive: true });
  await mkdir(path.join(directory, 'postgres-unfinished-1', 'data', 'base'), { recursive: true });

  const started = await start();

  expect(await query(started.adminUrl, 'select 1')).toBe(1);
  expect(await readdir(directory)).not.toContain('postgres-unfinished-1');
});

test('it listens on the loopback address only, asks for the password, and loses nothing to a power cut', async () => {
  const { adminUrl, port } = await start();
  const wrong = Object.assign(new URL(adminUrl), { password: 'wrong' }).href;

  expect(new URL(adminUrl).host).toBe(`127.0.0.1:${port}`);
  expect(await query(adminUrl, 'show listen_addresses')).toBe('127.0.0.1');
  expect(await query(adminUrl, 'show unix_socket_directories')).toBe('');
  await expect(query(wrong, 'select 1')).rejects.toThrow(/password authentication failed/);
  expect((await stat(path.join(directory, 'postgres-password'))).mode & 0o777).toBe(0o600);
  expect([await query(adminUrl, 'show fsync'), await query(adminUrl, 'show synchronous_commit')]).toEqual(['on', 'on']);
});

test('a failed statement, which may hold an e-mail address, is not in the log', async () => {
  const { adminUrl } = await start();

  await expect(query(adminUrl, "select 'ada@acme.example'::int")).rejects.toThrow(/invalid input syntax/);

  expect(await readFile(path.join(directory, 'postgres.log'), 'utf8')).not.toContain('acme.example');
});
