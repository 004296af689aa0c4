// Runs jest so that it always ends, and tells what it counted.
import { spawn } from 'node:child_process';
import { randomUUID } from 'node:crypto';
import { chmodSync, existsSync, mkdtempSync, readFileSync, rmSync, statfsSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import process from 'node:process';
import { fileURLToPath } from 'node:url';
import { endStrays } from './end-strays.mjs';

const root = fileURLToPath(new URL('..', import.meta.url));
const seconds = 1000;
const longestRun = 40 * 60 * seconds;
const graceAfterResults = 60 * seconds;
const interruptions = ['SIGINT', 'SIGTERM', 'SIGHUP'];
const gibibyte = 1024 ** 3;
const inMemory = '/dev/shm';

/** Runs jest with these arguments. Resolves to `{ passed, failed, skipped }`; whatever else goes wrong counts as one more failure. */
export const runJest = async (args) => {
  const folder = makeTemporaryFolder();
  const countsFile = path.join(folder, 'counts.json');
  const run = randomUUID();
  try {
    const outcome = await jestOutcome(args, { SANDGATE_TEST_COUNTS: countsFile, TEST_RUN_ID: run, TMPDIR: folder });
    const strays = await endStrays(run);
    const counts = existsSync(countsFile)
      ? JSON.parse(readFileSync(countsFile, 'utf8'))
      : { passed: 0, failed: 0, skipped: 0 };
    // Failed tests, which are counted already, make jest end with an error too.
    const isExplained = outcome.code === 0 || (outcome.code === 1 && counts.failed > 0);
    const faults = [isExplained ? undefined : outcome.sentence, strays].filter((fault) => fault !== undefined);
    for (const fault of faults) console.error(fault);
    return { ...counts, failed: counts.failed + faults.length };
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
};

/**
 * For whatever the tests write, databases and brokers too. In memory where there is plenty: a test's database is three hundred files, and for
 * minutes ext4 looks at each one that was deleted before it makes a new one.
 */
const makeTemporaryFolder = () => {
  const isInMemory = process.env.TMPDIR === undefined && hasRoomInMemory();
  const folder = mkdtempSync(path.join(isInMemory ? inMemory : os.tmpdir(), 'sandgate-tests-'));
  // Where tests run as root, PostgreSQL runs as somebody else.
  chmodSync(folder, 0o755);
  return folder;
};

/** A run takes less than half of a gibibyte. */
const hasRoomInMemory = () => {
  if (!existsSync(inMemory)) return false;
  const { bavail, bsize } = statfsSync(inMemory);
  return bavail * bsize > 2 * gibibyte && os.freemem() > 4 * gibibyte;
};

/** The line with which a run ends, alone on its line. */
export const countsLine = ({ passed, failed, skipped }) => `${passed} passed, ${failed} failed, ${skipped} skipped`;

/** How jest itself ended. */
const jestOutcome = (args, env) =>
  new Promise((resolve, reject) => {
    const jest = spawn(
      process.execPath,
      [
        '--experimental-vm-modules',
        '--no-warnings=ExperimentalWarning',
        path.join(root, 'node_modules', 'jest', 'bin', 'jest.js'),
        ...args,
      ],
      { cwd: root, stdio: 'inherit', env: { ...process.env, ...env } },
    );
    let overdue;
    const end = (sentence) => {
      overdue = sentence;
      jest.kill('SIGKILL');
    };
    const limit = setTimeout(end, longestRun, 'The tests did not end in time.');
    const watch = setInterval(() => {
      if (!existsSync(env.SANDGATE_TEST_COUNTS)) return;
      clearInterval(watch);
      afterResults = setTimeout(end, graceAfterResults, 'All tests have run, but something keeps jest from ending.');
    }, seconds);
    let afterResults;
    const interrupt = () => end('The run was interrupted.');
    for (const signal of interruptions) process.once(signal, interrupt);
    jest.on('error', reject);
    jest.on('exit', (code) => {
      for (const timer of [limit, watch, afterResults]) clearTimeout(timer);
      for (const signal of interruptions) process.off(signal, interrupt);
      resolve({ code, sentence: overdue ?? `jest ended with code ${code}.` });
    });
  });
