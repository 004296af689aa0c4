import { readFileSync, rmSync } from 'node:fs';
import path from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { commandOf, identityOf } from './living-process.js';

const postmasterFile = 'postmaster.pid';
const pollMs = 20;
const fastShutdownMs = 60_000;

/** What a running server writes about itself into its data folder (`postmaster.pid`). */
const readPostmasterFile = (dataFolder: string): { pid: number; isReady: boolean } | undefined => {
  try {
    const lines = readFileSync(path.join(dataFolder, postmasterFile), 'utf8').split('\n');
    return { pid: Number(lines[0]), isReady: lines[7]?.trim() === 'ready' };
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return undefined;
    throw error;
  }
};

/**
 * Ends the server that an earlier process left behind on this data, if there is one, and returns its number. The pid file alone
 * proves nothing, its number may be another process's by now; a server on this data folder names it among its arguments.
 */
export const endOrphan = async (dataFolder: string): Promise<number | undefined> => {
  const pid = readPostmasterFile(dataFolder)?.pid;
  const identity = pid === undefined ? undefined : identityOf(pid);
  if (pid === undefined || identity === undefined) return undefined;
  if (!commandOf(pid).includes(dataFolder)) {
    // PostgreSQL would take the other process for a server and refuse to start.
    rmSync(path.join(dataFolder, postmasterFile));
    return undefined;
  }
  await endServer(pid, () => identityOf(pid) === identity);
  return pid;
};

/** Ends a server: open transactions are rolled back, what is committed is written. If it does not obey, it is stopped at once. */
export const endServer = async (pid: number, isAlive: () => boolean): Promise<void> => {
  const deadline = Date.now() + fastShutdownMs;
  if (isAlive()) signal(pid, 'SIGINT');
  while (isAlive()) {
    // After that it recovers at the next start, as from a crash.
    if (Date.now() > deadline) signal(pid, 'SIGQUIT');
    await sleep(pollMs);
  }
};

const signal = (pid: number, name: NodeJS.Signals): void => {
  try {
    process.kill(pid, name);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ESRCH') throw error;
  }
};

/** Resolves to whether the server is ready; false when it has ended instead. */
export const becomesReady = async (pid: number, dataFolder: string, isAlive: () => boolean): Promise<boolean> => {
  while (isAlive()) {
    const postmaster = readPostmasterFile(dataFolder);
    if (postmaster?.pid === pid && postmaster.isReady) return true;
    await sleep(pollMs);
  }
  return false;
};
