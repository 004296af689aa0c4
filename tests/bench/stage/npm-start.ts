import process from 'node:process';
import { eventually, freePort, Hopeless, startProcess } from '@sandgate/tests';
import type { Closing } from './closing.js';
import { mustAnswer, profilingFlags, root } from './processes.js';

export interface StartedSystem {
  readonly pid: number;
  readonly port: number;
  readonly siteUrl: string;
  readonly secondsToReady: number;
  stop(): Promise<void>;
}

/** What `npm start` starts, in a folder of its own, with nothing inherited from this environment but the path. */
export async function startByNpm(
  home: string,
  env: Readonly<Record<string, string>>,
  closing: Closing,
): Promise<StartedSystem> {
  const [port, hostAppPort] = [await freePort(), await freePort()];
  const begin = performance.now();
  const own = { PORT: String(port), HOST_APP_PORT: String(hostAppPort), SANDGATE_HOME: home };
  const flags = profilingFlags();
  // npm hands no flags on to Node.
  const [command, args] = flags.length > 0 ? [process.execPath, [...flags, 'scripts/start.mjs']] : ['npm', ['start']];
  const started = await startProcess(command, args, {
    cwd: root,
    env: { PATH: process.env['PATH'], HOME: home, ...env, ...own },
  });
  // As Ctrl-C does it: npm and what it runs get the signal, for npm hands it on to a shell only.
  const stop = async (): Promise<void> => {
    if (started.hasExited()) return;
    process.kill(-started.pid, 'SIGINT');
    const impatience = setTimeout(() => started.signal('SIGKILL'), 30_000);
    await started.exited.finally(() => clearTimeout(impatience));
  };
  closing.add(stop);
  const siteUrl = `http://localhost:${port}`;
  const mustBeReady = async (): Promise<void> => {
    if (started.hasExited()) throw new Hopeless(`npm start has ended:\n${started.output()}`);
    await mustAnswer(`${siteUrl}/api/health/ready`);
  };
  await eventually(mustBeReady, { timeoutMs: 120_000 });
  const secondsToReady = (performance.now() - begin) / 1000;
  return {
    pid: started.pid,
    port,
    siteUrl,
    secondsToReady,
    stop,
  };
}
