import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { eventually, Hopeless } from './eventually.js';
import { freePort } from './free-port.js';
import { startProcess } from './start-process.js';

export interface RunningSystem {
  readonly siteUrl: string;
  hostAppUrlOf(signInAddress: string): string;
  screenshotPath(name: string): string;
  stop(): Promise<void>;
}

const root = fileURLToPath(new URL('../..', import.meta.url));

/** The system at SANDGATE_URL, or one that `npm start` runs for this test in a folder of its own. */
export async function systemUnderTest(): Promise<RunningSystem> {
  const given = process.env['SANDGATE_URL'];
  return given === undefined ? startSystem({}) : systemAt(given, tmpdir(), async () => {});
}

const systemAt = (siteUrl: string, folder: string, stop: () => Promise<void>): RunningSystem => ({
  siteUrl: new URL(siteUrl).origin,
  hostAppUrlOf: (signInAddress) => new URL(signInAddress).origin,
  screenshotPath: (name) => join(folder, `${name}.png`),
  stop,
});

export interface StartedSystem extends RunningSystem {
  readonly home: string;
  readonly pid: number;
  output(): string;
  signal(signal: NodeJS.Signals): void;
  hasExited(): boolean;
  readonly exited: Promise<string>;
}

/** Starts what `npm start` starts, once it is built, with nothing inherited from this environment but the path, and waits until it is ready. */
export async function startSystem(env: Readonly<Record<string, string>>): Promise<StartedSystem> {
  const system = await beginSystem(env);
  await eventually(
    async () => {
      if (system.hasExited()) throw new Hopeless(`npm start ended:\n${system.output()}`);
      const response = await fetch(`${system.siteUrl}/api/health/ready`);
      if (!response.ok) throw new Error(await response.text());
    },
    { timeoutMs: 240_000 },
  );
  return system;
}

/** The same, and waits for nothing. */
export async function beginSystem(env: Readonly<Record<string, string>>): Promise<StartedSystem> {
  const home = env['SANDGATE_HOME'] ?? (await mkdtemp(join(tmpdir(), 'sandgate-')));
  const port = env['PORT'] ?? String(await freePort());
  const hostAppPort = env['HOST_APP_PORT'] ?? String(await freePort());
  const started = await startProcess(process.execPath, ['scripts/start.mjs'], {
    cwd: root,
    env: { PATH: process.env['PATH'], ...env, PORT: port, HOST_APP_PORT: hostAppPort, SANDGATE_HOME: home },
  });
  const stop = async (): Promise<void> => {
    started.signal('SIGTERM');
    await started.exited;
    if (env['SANDGATE_HOME'] === undefined) await rm(home, { recursive: true, force: true });
  };
  return { ...systemAt(`http://localhost:${port}`, home, stop), home, ...started };
}
