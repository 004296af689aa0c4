import { spawn } from 'node:child_process';
import path from 'node:path';
import process from 'node:process';
import { fileURLToPath } from 'node:url';

const root = fileURLToPath(new URL('..', import.meta.url));

/** Checks the types of all tests, which the build leaves out. Rejects after the compiler's own messages. */
export const checkTestTypes = () =>
  new Promise((resolve, reject) => {
    const compiler = path.join(root, 'node_modules', 'typescript', 'bin', 'tsc');
    const tsc = spawn(process.execPath, [compiler, '-b', 'tests'], { cwd: root, stdio: 'inherit' });
    tsc.on('error', reject);
    tsc.on('exit', (code) => (code === 0 ? resolve() : reject(new Error('The tests above do not compile'))));
  });
