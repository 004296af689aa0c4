import { eventually, Hopeless } from './eventually.js';
import { type StartedProcess, startProcess, stopProcess } from './start-process.js';

export interface ServiceOptions {
  /** Its whole environment besides PATH. */
  readonly env: Readonly<Record<string, string | undefined>>;
  /** Asked until it returns without throwing and not `false`. Without it the service counts as ready at once. */
  readonly isReady?: (service: StartedProcess) => unknown;
  readonly timeoutMs?: number;
}

export interface ServiceProcess extends StartedProcess {
  /** Sends the signal and resolves, once it has ended, to how: 'code 0', 'signal SIGKILL'. */
  kill(signal?: NodeJS.Signals): Promise<string>;
}

/** Starts a built process and waits until it is ready. Whoever starts it kills it; a test file that forgets to fails. */
export const spawnService = async (file: string, options: ServiceOptions): Promise<ServiceProcess> => {
  const { env, isReady = () => true, timeoutMs = 30_000 } = options;
  const service = await startProcess(process.execPath, [file], { env: { PATH: process.env['PATH'], ...env } });
  try {
    await eventually(() => mustBeReady(service, isReady), { timeoutMs });
  } catch (error) {
    await stopProcess(service, 'SIGKILL');
    throw new Error(`${file} did not become ready. It wrote:\n${service.output()}`, { cause: error });
  }
  return { ...service, kill: (signal = 'SIGTERM') => stopProcess(service, signal) };
};

const mustBeReady = async (service: StartedProcess, isReady: (service: StartedProcess) => unknown): Promise<void> => {
  if (service.hasExited()) throw new Hopeless(`It ended with ${await service.exited}`);
  if ((await isReady(service)) === false) throw new Error('not ready yet');
};
