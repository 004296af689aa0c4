import { fileURLToPath } from 'node:url';
import { expect, it } from '@jest/globals';
import { eventually } from './eventually.js';
import { spawnService } from './spawn-service.js';
import { startProcess, stopProcess } from './start-process.js';

const env = { PATH: process.env['PATH'] };
const compiled = new URL('../dist/start-process.js', import.meta.url);

const isAlive = (pid: number): boolean => {
  try {
    return process.kill(pid, 0);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ESRCH') return false;
    throw error;
  }
};

const mustBeGone = (pid: number): Promise<void> =>
  eventually(() => {
    if (isAlive(pid)) throw new Error(`${pid} is alive`);
  });

it('collects what a process writes, and tells how it ended', async () => {
  const started = await startProcess(
    process.execPath,
    ['-e', 'console.log("out"); console.error("err"); process.exit(3)'],
    { env },
  );

  await expect(started.exited).resolves.toBe('code 3');

  expect(started.output()).toMatch(/out/);
  expect(started.output()).toMatch(/err/);
});

it('ends a process that does not want to', async () => {
  const stubborn = "process.on('SIGTERM', () => {}); setInterval(() => {}, 1000); console.log('on')";
  const started = await startProcess(process.execPath, ['-e', stubborn], { env });
  await eventually(() => expect(started.output()).toContain('on'));

  await expect(stopProcess(started, 'SIGTERM', 100)).resolves.toBe('signal SIGKILL');
});

it('ends what was started when the one who started it is killed', async () => {
  const program = `
    const { startProcess } = await import(${JSON.stringify(compiled.href)});
    const { pid } = await startProcess('sleep', ['1000'], { env: {} });
    console.log('pid=' + pid);
    setInterval(() => {}, 1000);`;
  const starter = await startProcess(process.execPath, ['--input-type=module', '-e', program], { env });
  const pid = await eventually(() => {
    const found = /pid=(\d+)/.exec(starter.output())?.[1];
    if (found === undefined) throw new Error(starter.output());
    return Number(found);
  });
  expect(isAlive(pid)).toBe(true);

  starter.signal('SIGKILL');
  await starter.exited;

  await mustBeGone(pid);
});

it('refuses a program that does not exist', async () => {
  await expect(startProcess(fileURLToPath(new URL('./nowhere', import.meta.url)), [], { env })).rejects.toThrow(
    'ENOENT',
  );
});

it('shows what a service wrote that ended instead of becoming ready', async () => {
  const file = fileURLToPath(new URL('./undertaker-process.mjs', import.meta.url));

  const attempt = spawnService(file, { env: {}, isReady: () => false });

  await expect(attempt).rejects.toThrow('did not become ready');
});
