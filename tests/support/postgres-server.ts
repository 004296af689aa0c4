import { randomBytes } from 'node:crypto';
import { mkdtemp, rm } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import pg from 'pg';
import { eventually } from './eventually.js';
import { freePort } from './free-port.js';
import { createCluster, launchServer, type PostgresVersion } from './postgres-binaries.js';
import { type StartedProcess, stopProcess } from './start-process.js';
import { entrust } from './undertaker.js';

export interface PostgresServer {
  /** Superuser, database `postgres`. */
  readonly adminUrl: string;
  readonly port: number;
  /** Kills the server and all its sessions at once, as a crash would. */
  kill9(): Promise<void>;
  stop(): Promise<void>;
  /** Starts it again on the same data and port. */
  start(): Promise<void>;
  /** Stops it for good and removes its data. */
  dispose(): Promise<void>;
}

export interface PostgresOptions {
  /** The default is the one that `npm start` runs on. */
  readonly version?: PostgresVersion;
  /** True keeps what is committed even if the machine loses power; the default is faster. */
  readonly durable?: boolean;
}

const bindAttempts = 5;

/** A real PostgreSQL of its own on a free port of 127.0.0.1, with its data in a temporary folder. */
export const startPostgres = async ({
  version = 'newest',
  durable = false,
}: PostgresOptions = {}): Promise<PostgresServer> => {
  const folder = await mkdtemp(path.join(os.tmpdir(), 'sandgate-postgres-'));
  const release = entrust({ folder });
  const password = randomBytes(16).toString('hex');
  await createCluster(folder, { version, password });
  const urlOn = (port: number): string => `postgres://postgres:${password}@127.0.0.1:${port}/postgres`;
  const launch = async (port: number): Promise<StartedProcess> => {
    const launched = await launchServer(folder, { version, port, durable });
    await answers(urlOn(port), launched);
    return launched;
  };

  let port = await freePort();
  let server = await launch(port);
  // Someone else may have taken the port in between.
  for (let attempt = 1; server.hasExited() && attempt < bindAttempts; attempt += 1) {
    port = await freePort();
    server = await launch(port);
  }
  const start = async (): Promise<void> => {
    if (server.hasExited()) server = await launch(port);
    if (server.hasExited()) throw new Error(`PostgreSQL ended at once: ${server.output()}`);
  };
  const stop = async (): Promise<void> => void (await stopProcess(server, 'SIGINT'));
  await start();
  return {
    adminUrl: urlOn(port),
    port,
    start,
    stop,
    kill9: async () => {
      server.signal('SIGKILL');
      await server.exited;
    },
    dispose: async () => {
      await stop();
      await rm(folder, { recursive: true, force: true });
      release();
    },
  };
};

/** Returns when it takes connections, or has ended. */
const answers = (url: string, server: StartedProcess): Promise<void> =>
  eventually(
    async () => {
      if (server.hasExited()) return;
      const client = new pg.Client({ connectionString: url });
      try {
        await client.connect();
      } finally {
        await client.end();
      }
    },
    { timeoutMs: 60_000 },
  );
