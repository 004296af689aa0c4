import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { eventually, Hopeless, type StartedProcess, startProcess, stopProcess } from '@sandgate/tests';
import type { Closing } from './closing.js';

export const root = fileURLToPath(new URL('../../../..', import.meta.url));

export interface Program {
  /** From the root of the repository. */
  readonly file: string;
  readonly env: Readonly<Record<string, string | undefined>>;
  /** Passes when the program is ready, else throws. */
  readonly isReady: () => Promise<unknown>;
}

/** With `BENCH_PROFILES=<folder>` every measured process writes a CPU profile there when it ends. */
export const profilingFlags = (): string[] => {
  const folder = process.env['BENCH_PROFILES'];
  return folder ? ['--cpu-prof', `--cpu-prof-dir=${folder}`] : [];
};

/** Starts a built program and waits until it is ready. `closing` ends it. */
export async function startProgram({ file, env, isReady }: Program, closing: Closing): Promise<StartedProcess> {
  const args = [...profilingFlags(), path.join(root, file)];
  const started = await startProcess(process.execPath, args, { env: { PATH: process.env['PATH'], ...env }, cwd: root });
  closing.add(() => stopProcess(started));
  const mustBeReady = async (): Promise<unknown> => {
    if (started.hasExited()) throw new Hopeless(`${file} has ended:\n${started.output()}`);
    return isReady();
  };
  await eventually(mustBeReady, { timeoutMs: 60_000 });
  return started;
}

/** Throws until the address answers with success. */
export async function mustAnswer(url: string): Promise<void> {
  const response = await fetch(url);
  if (!response.ok) throw new Error(`${url} answered ${response.status}: ${await response.text()}`);
}

/** Starts one of the bare servers, which stand beside the services for the same work. */
export async function startBareServer(
  name: string,
  { port, env }: { port: number; env: Record<string, string> },
  closing: Closing,
): Promise<void> {
  const isReady = () => mustAnswer(`http://127.0.0.1:${port}/`);
  await startProgram(
    { file: `tests/dist/bench/bare/${name}.js`, env: { ...env, PORT: String(port) }, isReady },
    closing,
  );
}
