import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';

/**
 * Tells a process from every other one that had or will have its number, also across a restart of the machine; undefined when
 * it has ended. One that has ended but was not collected by its parent has ended.
 */
export const identityOf = (pid: number): string | undefined => {
  if (!Number.isSafeInteger(pid) || pid <= 0 || !isThere(pid)) return undefined;
  return process.platform === 'linux' ? identityOnLinux(pid) : outputOf('ps', ['-o', 'lstart=', '-p', `${pid}`]);
};

/** The program and arguments of a living process. */
export const commandOf = (pid: number): string[] => {
  if (process.platform !== 'linux') return outputOf('ps', ['-o', 'command=', '-p', `${pid}`])?.split(' ') ?? [];
  return (read(`/proc/${pid}/cmdline`) ?? '').split('\0');
};

const isThere = (pid: number): boolean => {
  try {
    return process.kill(pid, 0);
  } catch (error) {
    // EPERM: it is there, and somebody else's.
    return (error as NodeJS.ErrnoException).code === 'EPERM';
  }
};

// proc_pid_stat(5): the name in parentheses may hold anything; the third field is the state, the 22nd the time of the start.
const identityOnLinux = (pid: number): string | undefined => {
  const stat = read(`/proc/${pid}/stat`);
  const fields = stat?.slice(stat.lastIndexOf(')') + 2).split(' ') ?? [];
  const [state] = fields;
  if (state === undefined || state === 'Z' || state === 'X') return undefined;
  return `${read('/proc/sys/kernel/random/boot_id')?.trim()} ${fields[19]}`;
};

const read = (file: string): string | undefined => {
  try {
    return readFileSync(file, 'utf8');
  } catch (error) {
    // ESRCH: it ended while its file was open.
    if (['ENOENT', 'ESRCH'].includes((error as NodeJS.ErrnoException).code ?? '')) return undefined;
    throw error;
  }
};

const outputOf = (program: string, args: string[]): string | undefined => {
  try {
    return execFileSync(program, args, { encoding: 'utf8', stdio: ['ignore', 'pipe', 'ignore'] }).trim() || undefined;
  } catch (error) {
    if (typeof (error as { status?: unknown }).status === 'number') return undefined; // ps knows no such process
    throw error;
  }
};
