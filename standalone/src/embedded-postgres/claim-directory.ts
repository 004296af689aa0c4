import { readdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { StartRefused } from '@sandgate/service-kit';
import { identityOf } from './living-process.js';

const claimFile = /^postgres[.](\d+)[.]lock$/;

/**
 * Claims a directory for this process and returns what gives it back. Throws one sentence if a living process has it. A claim
 * dies with its process: nothing has to be cleared away by hand after a kill.
 */
export const claimDirectory = (directory: string): (() => void) => {
  const taken = (pid: number) =>
    new StartRefused(
      `Sandgate is already running on ${directory} (process ${pid}); stop it, or set SANDGATE_HOME to another folder`,
    );
  const identity = identityOf(process.pid) ?? '';
  // One file for each process, so that to clear a dead one's claim never hits a living one's.
  const own = path.join(directory, `postgres.${process.pid}.lock`);
  if (contentOf(own) === identity) throw taken(process.pid);
  writeFileSync(`${own}.new`, identity);
  renameSync(`${own}.new`, own);
  const release = () => rmSync(own, { force: true });
  // First claim, then look: of two that start at once, at least one sees the other.
  const holder = livingClaims(directory).find((pid) => pid !== process.pid);
  if (holder === undefined) return release;
  release();
  throw taken(holder);
};

const livingClaims = (directory: string): number[] =>
  readdirSync(directory).flatMap((name) => {
    const pid = Number(claimFile.exec(name)?.[1]);
    if (!Number.isSafeInteger(pid)) return [];
    const file = path.join(directory, name);
    if (identityOf(pid) === contentOf(file)) return [pid];
    rmSync(file, { force: true });
    return [];
  });

const contentOf = (file: string): string | undefined => {
  try {
    return readFileSync(file, 'utf8');
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return undefined; // given back a moment ago
    throw error;
  }
};
