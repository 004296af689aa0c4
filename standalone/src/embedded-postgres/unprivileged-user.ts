import { execFileSync, spawnSync } from 'node:child_process';
import { statSync } from 'node:fs';
import path from 'node:path';
import { StartRefused } from '@sandgate/service-kit';

export interface User {
  uid: number;
  gid: number;
}

const userName = 'postgres';

/**
 * PostgreSQL refuses to run as root. Started by root, it runs as the user who owns `existingData`, else as the user postgres, who is
 * created where he is missing. Undefined means: as whoever runs this.
 */
export const unprivilegedUser = (existingData?: string): User | undefined => {
  if (process.getuid?.() !== 0) return undefined;
  const owner = existingData === undefined ? undefined : statSync(existingData);
  if (owner !== undefined && owner.uid !== 0) return { uid: owner.uid, gid: owner.gid };
  return findUser() ?? createUser();
};

export interface Program {
  path: string;
  args: string[];
  /** Where it works; it must be able to get there. */
  folder: string;
}

/** The command that runs a program as the given user, and the options for `spawn`. */
export const commandAs = (user: User | undefined, { path: program, args, folder }: Program) => {
  if (user === undefined) return { command: program, args, options: {} };
  if ([path.dirname(program), folder].every((place) => mayEnter(user, place)))
    return { command: program, args, options: { uid: user.uid, gid: user.gid } };
  // A folder on the way is closed to the user, as the home of root is. Root passes on the right to enter it, and no other; the
  // bit makes access(2), with which PostgreSQL looks for its own programs, count that right too.
  const identity = [`--reuid=${user.uid}`, `--regid=${user.gid}`, '--clear-groups'];
  const rights = ['--securebits=+no_setuid_fixup', '--inh-caps=+dac_override', '--ambient-caps=+dac_override'];
  return { command: 'setpriv', args: [...identity, ...rights, '--', program, ...args], options: {} };
};

const mayEnter = (user: User, folder: string): boolean => {
  const { mode, uid, gid } = statSync(folder);
  const needed = uid === user.uid ? 0o100 : gid === user.gid ? 0o010 : 0o001;
  if ((mode & needed) === 0) return false;
  return path.dirname(folder) === folder || mayEnter(user, path.dirname(folder));
};

const findUser = (): User | undefined => {
  const number = (flag: string): number => {
    const { status, stdout } = spawnSync('id', [flag, userName], { encoding: 'utf8' });
    return status === 0 ? Number(stdout) : Number.NaN;
  };
  const user = { uid: number('-u'), gid: number('-g') };
  return Number.isInteger(user.uid) && Number.isInteger(user.gid) ? user : undefined;
};

const createUser = (): User => {
  const why = `PostgreSQL does not run as root, and there is no user ${userName} to run it`;
  try {
    execFileSync('useradd', ['--system', '--user-group', '--no-create-home', '--shell', '/usr/sbin/nologin', userName]);
  } catch (cause) {
    throw new StartRefused(`${why}; create that user, or start Sandgate as an ordinary one`, { cause });
  }
  const user = findUser();
  if (user === undefined) throw new StartRefused(why);
  return user;
};
