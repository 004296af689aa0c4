import { execFile } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import {
  chownSync,
  existsSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import path from 'node:path';
import { promisify } from 'node:util';
import { postgresBinaries } from './postgres-binaries.js';
import { commandAs, type User, unprivilegedUser } from './unprivileged-user.js';

export const superuser = 'postgres';

export interface Cluster {
  readonly dataFolder: string;
  readonly password: string;
  readonly user: User | undefined;
}

const unfinished = 'postgres-unfinished-';

/** The cluster under `directory`, made on the first call. One that was interrupted while it was made is made again. */
export const ensureCluster = async (directory: string): Promise<Cluster> => {
  const dataFolder = path.join(directory, 'postgres');
  const password = keptPassword(path.join(directory, 'postgres-password'));
  if (existsSync(dataFolder)) return { dataFolder, password, user: unprivilegedUser(dataFolder) };
  for (const name of readdirSync(directory))
    if (name.startsWith(unfinished)) rmSync(path.join(directory, name), { recursive: true, force: true });
  const user = unprivilegedUser();
  const folder = mkdtempSync(path.join(directory, unfinished));
  await initialise(folder, password, user);
  renameSync(path.join(folder, 'data'), dataFolder);
  rmSync(folder, { recursive: true });
  return { dataFolder, password, user };
};

const initialise = async (folder: string, password: string, user: User | undefined): Promise<void> => {
  const { initdb } = await postgresBinaries();
  const passwordFile = path.join(folder, 'password');
  writeFileSync(passwordFile, password, { mode: 0o600 });
  if (user !== undefined) for (const owned of [folder, passwordFile]) chownSync(owned, user.uid, user.gid);
  // One collation, whatever the machine's language: built in, so that no change of a system library can break an index.
  const locale = ['--encoding=UTF8', '--locale-provider=builtin', '--builtin-locale=C.UTF-8', '--locale=C'];
  const access = [`--username=${superuser}`, `--pwfile=${passwordFile}`, '--auth=scram-sha-256'];
  const program = { path: initdb, args: [`--pgdata=${path.join(folder, 'data')}`, ...access, ...locale], folder };
  const { command, args, options } = commandAs(user, program);
  await promisify(execFile)(command, args, { ...options, env: { PATH: process.env['PATH'], TZ: 'UTC' } });
};

const keptPassword = (file: string): string => {
  if (existsSync(file)) return readFileSync(file, 'utf8');
  const password = randomBytes(32).toString('hex');
  writeFileSync(`${file}.new`, password, { mode: 0o600 });
  renameSync(`${file}.new`, file);
  return password;
};
