import { spawn } from 'node:child_process';
import { entrust } from './undertaker.js';

export interface ProcessOptions {
  /** The whole environment; nothing is inherited. */
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly cwd?: string;
  readonly user?: { readonly uid: number; readonly gid: number };
  /** Lets it finish when this process dies before it. */
  readonly mayOutlive?: boolean;
}

export interface StartedProcess {
  readonly pid: number;
  /** What it has written so far to both outputs, the last megabyte. */
  output(): string;
  hasExited(): boolean;
  /** Resolves when it has ended and its outputs are closed: 'code 1' or 'signal SIGKILL'. */
  readonly exited: Promise<string>;
  /** Signals it alone; SIGKILL goes to all of its process group. */
  signal(signal: NodeJS.Signals): void;
}

const keptOutput = 1_000_000;

/** Starts a program in a process group of its own, which ends with this process unless it may outlive it. */
export const startProcess = async (
  command: string,
  args: readonly string[],
  options: ProcessOptions,
): Promise<StartedProcess> => {
  const { env, cwd, user, mayOutlive = false } = options;
  const child = spawn(command, args, {
    env: { ...markOfRun(), ...env },
    cwd,
    ...user,
    detached: true,
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  let output = '';
  const collect = (chunk: string): void => {
    output += chunk;
    // Not at each chunk: a slice copies all that it keeps.
    if (output.length > 2 * keptOutput) output = output.slice(-keptOutput);
  };
  child.stdout.setEncoding('utf8').on('data', collect);
  child.stderr.setEncoding('utf8').on('data', collect);
  await new Promise((resolve, reject) => child.once('spawn', resolve).once('error', reject));
  const pid = child.pid as number;
  const release = mayOutlive ? undefined : entrust({ group: pid });
  let hasClosed = false;
  const exited = new Promise<string>((resolve) => {
    child.once('close', (code, signal) => {
      hasClosed = true;
      release?.();
      resolve(signal === null ? `code ${code}` : `signal ${signal}`);
    });
  });
  const hasExited = (): boolean => child.exitCode !== null || child.signalCode !== null;
  const signal = (name: NodeJS.Signals): void => {
    // What it started may live on after it, with its outputs still open.
    if (name === 'SIGKILL' && !hasClosed) killGroup(pid);
    else if (!hasExited()) process.kill(pid, name);
  };
  return { pid, output: () => output.slice(-keptOutput), hasExited, exited, signal };
};

// By this the run finds afterwards what was left behind.
const markOfRun = (): NodeJS.ProcessEnv => {
  const { TEST_RUN_ID } = process.env;
  return TEST_RUN_ID === undefined ? {} : { TEST_RUN_ID };
};

const killGroup = (group: number): void => {
  try {
    process.kill(-group, 'SIGKILL');
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ESRCH') throw error;
  }
};

/** Asks it to end, and after `graceMs` ends it. Resolves to how it ended. */
export const stopProcess = async (
  started: StartedProcess,
  signal: NodeJS.Signals = 'SIGTERM',
  graceMs = 15_000,
): Promise<string> => {
  started.signal(signal);
  const impatience = setTimeout(() => started.signal('SIGKILL'), graceMs);
  try {
    return await started.exited;
  } finally {
    clearTimeout(impatience);
  }
};
