// Installs what package-lock.json lists and node_modules lacks. Everything else may be imported only after this.
import { spawn } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import path from 'node:path';
import process from 'node:process';
import { fileURLToPath } from 'node:url';

const root = fileURLToPath(new URL('..', import.meta.url));

/** Makes node_modules agree with package-lock.json. Where it already does, that takes a moment and no network. */
export const install = async () => {
  if (isInstalled()) return;
  console.log('install: npm ci');
  await npmCi();
};

const isInstalled = () => {
  const installed = packagesOf(path.join('node_modules', '.package-lock.json'));
  const wanted = packagesOf('package-lock.json');
  return Object.entries(wanted).every(([folder, entry]) => {
    const found = installed[folder];
    // What is optional is for some kinds of machine only.
    return found === undefined ? entry.optional || isOwn(folder) : found.version === entry.version;
  });
};

// npm lists our own packages by their folders too; it installs only links to them.
const isOwn = (folder) => !folder.includes('node_modules/');

// npm writes its record of what is installed last, so a broken installation has none.
const packagesOf = (lockFile) => {
  const file = path.join(root, lockFile);
  return existsSync(file) ? JSON.parse(readFileSync(file, 'utf8')).packages : {};
};

const npmCi = () =>
  new Promise((resolve, reject) => {
    const npm = process.env.npm_execpath;
    const [command, first] = npm?.endsWith('.js') ? [process.execPath, [npm]] : ['npm', []];
    const args = [...first, 'ci', '--include=dev', '--no-audit', '--no-fund', '--loglevel=error'];
    const child = spawn(command, args, {
      cwd: root,
      stdio: 'inherit',
      shell: process.platform === 'win32' && command === 'npm',
    });
    child.on('error', reject);
    child.on('exit', (code) => (code === 0 ? resolve() : reject(new Error('npm ci failed'))));
  });

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  await install().catch((error) => {
    console.error(`install: ${error.message}`);
    process.exitCode = 1;
  });
}
