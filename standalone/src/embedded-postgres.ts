import { mkdirSync, realpathSync } from 'node:fs';
import path from 'node:path';
import { claimDirectory } from './embedded-postgres/claim-directory.js';
import { ensureCluster, superuser } from './embedded-postgres/postgres-cluster.js';
import { endOrphan } from './embedded-postgres/postmaster.js';
import { startServer } from './embedded-postgres/server.js';

export interface EmbeddedPostgres {
  /** The superuser's, on the database `postgres`. */
  readonly adminUrl: string;
  readonly port: number;
  /** Ends PostgreSQL and gives the directory back; once it resolves, everything is on disk. */
  stop(): Promise<void>;
}

/**
 * A PostgreSQL of Sandgate's own on 127.0.0.1, with its data under `directory`, kept for the next start. Throws one sentence if
 * another living process uses the directory; ends a server that a killed one left behind; starts it again, on the same port, when
 * it dies under its work.
 */
export const startEmbeddedPostgres = async (options: {
  directory: string;
  log: (line: string) => void;
}): Promise<EmbeddedPostgres> => {
  mkdirSync(options.directory, { recursive: true });
  const directory = realpathSync(options.directory);
  const release = claimDirectory(directory);
  try {
    const cluster = await ensureCluster(directory);
    const orphan = await endOrphan(cluster.dataFolder);
    if (orphan !== undefined)
      options.log(`ended the PostgreSQL that an earlier start had left behind (process ${orphan})`);
    const server = await startServer(cluster, { logFile: path.join(directory, 'postgres.log'), log: options.log });
    options.log(`PostgreSQL listens on 127.0.0.1:${server.port}`);
    const adminUrl = `postgres://${superuser}:${cluster.password}@127.0.0.1:${server.port}/postgres`;
    return { adminUrl, port: server.port, stop: () => server.stop().finally(release) };
  } catch (error) {
    release();
    throw error;
  }
};
