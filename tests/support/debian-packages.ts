import { existsSync } from 'node:fs';
import { readFile, rm, writeFile } from 'node:fs/promises';
import { type StartedProcess, startProcess } from './start-process.js';

/** Whether packages can be installed here without asking anybody: Debian or Ubuntu, as root. */
export const mayInstallPackages = async (): Promise<boolean> => {
  if (process.getuid?.() !== 0 || !existsSync('/usr/bin/apt-get')) return false;
  return /^ID(_LIKE)?=.*(debian|ubuntu)/m.test(await readFile('/etc/os-release', 'utf8'));
};

/** Installs a package with apt, without starting any system service that comes with it. */
export const installPackage = async (name: string): Promise<void> => {
  process.stderr.write(`Installing ${name} with apt-get ...\n`);
  await aptGet(['update']);
  await withoutStartingServices(() => aptGet(['install', '-y', '--no-install-recommends', name]));
};

const attempts = 60;
const secondsBetweenAttempts = 5;

const aptGet = async (args: readonly string[]): Promise<void> => {
  for (let attempt = 1; ; attempt += 1) {
    const apt = await startApt(args);
    const outcome = await apt.exited;
    if (outcome === 'code 0') return;
    // Another run may be installing the same at this moment.
    const isLocked = /could not get lock|unable to lock|unable to acquire/i.test(apt.output());
    if (!isLocked || attempt === attempts)
      throw new Error(`apt-get ${args.join(' ')} ended with ${outcome}: ${apt.output().trim()}`);
    await new Promise((resolve) => setTimeout(resolve, secondsBetweenAttempts * 1000));
  }
};

const startApt = (args: readonly string[]): Promise<StartedProcess> =>
  startProcess('/usr/bin/apt-get', ['-q', '-o', 'DPkg::Lock::Timeout=300', ...args], {
    env: { ...process.env, DEBIAN_FRONTEND: 'noninteractive', LC_ALL: 'C' },
    // Killed half-way it would leave a broken package database.
    mayOutlive: true,
  });

const policyFile = '/usr/sbin/policy-rc.d';

/** Debian's packages ask this file before they start a service; 101 is "no". A policy that is there already stays. */
const withoutStartingServices = async (work: () => Promise<void>): Promise<void> => {
  const isOurs = await writeFile(policyFile, '#!/bin/sh\nexit 101\n', { mode: 0o755, flag: 'wx' }).then(
    () => true,
    (error: NodeJS.ErrnoException) => {
      if (error.code === 'EEXIST') return false;
      throw error;
    },
  );
  try {
    await work();
  } finally {
    if (isOurs) await rm(policyFile);
  }
};
