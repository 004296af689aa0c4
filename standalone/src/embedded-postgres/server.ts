import { type ChildProcess, spawn } from 'node:child_process';
import { closeSync, openSync } from 'node:fs';
import { createServer } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';
import { StartRefused } from '@sandgate/service-kit';
import { postgresBinaries } from './postgres-binaries.js';
import type { Cluster } from './postgres-cluster.js';
import { becomesReady, endServer } from './postmaster.js';
import { commandAs } from './unprivileged-user.js';

export interface Server {
  readonly port: number;
  stop(): Promise<void>;
}

export interface ServerLog {
  /** Takes what PostgreSQL itself writes. */
  logFile: string;
  log: (line: string) => void;
}

const attempts = 10;

/** Starts PostgreSQL on a free port, and again on that port whenever it ends without having been stopped. */
export const startServer = async (cluster: Cluster, { logFile, log }: ServerLog): Promise<Server> => {
  const first = await startOnFreePort(cluster, logFile);
  const { port } = first;
  let server = first.server;
  let isStopping = false;
  let restarting = Promise.resolve();

  const restart = async (): Promise<void> => {
    log('PostgreSQL has ended unexpectedly, starting it again');
    for (let attempt = 1; !isStopping; attempt += 1) {
      server = await launch(cluster, port, logFile);
      if (await isReady(server, cluster)) return watch();
      await sleep(Math.min(attempt * 100, 2_000));
    }
  };
  const watch = (): void => {
    server.once('exit', () => {
      if (!isStopping)
        restarting = restart().catch((error: unknown) => log(`PostgreSQL cannot be started again: ${error}`));
    });
  };
  const stop = async (): Promise<void> => {
    isStopping = true;
    await restarting;
    if (server.pid !== undefined) await endServer(server.pid, () => hasNotExited(server));
  };

  watch();
  return { port, stop };
};

// It may end at once: the port was taken meanwhile, or the workers of a server that was killed have not all gone yet.
const startOnFreePort = async (cluster: Cluster, logFile: string): Promise<{ server: ChildProcess; port: number }> => {
  for (let attempt = 1; attempt <= attempts; attempt += 1) {
    const port = await freePort();
    const server = await launch(cluster, port, logFile);
    if (await isReady(server, cluster)) return { server, port };
    await sleep(attempt * 50);
  }
  throw new StartRefused(`PostgreSQL does not start; the reason is at the end of ${logFile}`);
};

const isReady = async (server: ChildProcess, { dataFolder }: Cluster): Promise<boolean> =>
  server.pid !== undefined && becomesReady(server.pid, dataFolder, () => hasNotExited(server));

const launch = async (cluster: Cluster, port: number, logFile: string): Promise<ChildProcess> => {
  const { postgres } = await postgresBinaries();
  const flags = Object.entries(settings(port)).flatMap(([name, value]) => ['-c', `${name}=${value}`]);
  const { dataFolder, user } = cluster;
  const program = { path: postgres, args: ['-D', dataFolder, ...flags], folder: dataFolder };
  const { command, args, options } = commandAs(user, program);
  const log = openSync(logFile, 'a', 0o600);
  // A process group of its own: Ctrl-C in the terminal reaches this process only, which stops the services first. And a log file
  // instead of a pipe: should this process be killed, nothing breaks for the server until the next start ends it.
  const env = { PATH: process.env['PATH'], TZ: 'UTC' };
  const server = spawn(command, args, { ...options, detached: true, stdio: ['ignore', log, log], env });
  closeSync(log);
  await new Promise((resolve, reject) => server.once('spawn', resolve).once('error', reject));
  return server;
};

const settings = (port: number) => ({
  port,
  listen_addresses: '127.0.0.1',
  unix_socket_directories: '',
  max_connections: 200,
  fsync: 'on',
  synchronous_commit: 'on',
  timezone: 'UTC',
  log_timezone: 'UTC',
  // Events of the server, not failed statements: their text and details may hold an e-mail address.
  log_min_messages: 'log',
  log_min_error_statement: 'panic',
  log_checkpoints: 'off',
});

const hasNotExited = (server: ChildProcess): boolean => server.exitCode === null && server.signalCode === null;

const freePort = (): Promise<number> =>
  new Promise((resolve, reject) => {
    const probe = createServer().on('error', reject);
    probe.listen(0, '127.0.0.1', () => {
      const address = probe.address();
      probe.close(() => resolve(typeof address === 'object' && address !== null ? address.port : 0));
    });
  });
