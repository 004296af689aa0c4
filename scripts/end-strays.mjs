import { existsSync, readdirSync, readFileSync } from 'node:fs';
import process from 'node:process';

const pollMs = 100;
const graceMs = 10_000;

/**
 * Ends the processes that still run with this run's mark in their environment, once they have had time to end by themselves.
 * Resolves to a sentence that names them, or to nothing. Looks only where the system shows environments, which is on Linux.
 */
export const endStrays = async (run) => {
  const mark = `TEST_RUN_ID=${run}`;
  const deadline = Date.now() + graceMs;
  let strays = findMarked(mark);
  while (strays.length > 0 && Date.now() < deadline) {
    await new Promise((resolve) => setTimeout(resolve, pollMs));
    strays = findMarked(mark);
  }
  for (const { pid } of strays) process.kill(pid, 'SIGKILL');
  return strays.length === 0
    ? undefined
    : `Processes were left behind: ${strays.map(({ command }) => command).join('; ')}`;
};

const findMarked = (mark) => {
  if (!existsSync('/proc/self/environ')) return [];
  return readdirSync('/proc')
    .filter((name) => /^\d+$/.test(name) && readOrEmpty(`/proc/${name}/environ`).split('\0').includes(mark))
    .map((name) => ({
      pid: Number(name),
      command: readOrEmpty(`/proc/${name}/cmdline`).split('\0').slice(0, 4).join(' '),
    }));
};

// A process may end while it is looked at, and others' are not readable.
const readOrEmpty = (file) => {
  try {
    return readFileSync(file, 'latin1');
  } catch (error) {
    if (['ENOENT', 'ESRCH', 'EACCES', 'EPERM'].includes(error.code)) return '';
    throw error;
  }
};
