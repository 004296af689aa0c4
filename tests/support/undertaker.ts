import { type ChildProcess, spawn } from 'node:child_process';
import { fileURLToPath } from 'node:url';

export type Estate = { readonly group: number } | { readonly folder: string };

// Beside the sources also for the compiled code, which lies in a neighbour of this folder.
const program = fileURLToPath(new URL('../support/undertaker-process.mjs', import.meta.url));

let undertaker: ChildProcess | undefined;
let entrusted = 0;

/** Has a process group ended or a folder removed should this process die before it calls what is returned, even by SIGKILL. */
export const entrust = (estate: Estate): (() => void) => {
  entrusted += 1;
  tell({ verb: 'add', ...estate });
  let released = false;
  return () => {
    if (released) return;
    released = true;
    entrusted -= 1;
    tell({ verb: 'delete', ...estate });
    if (entrusted === 0) dismiss();
  };
};

const tell = (message: object): void => {
  undertaker ??= hire();
  undertaker.stdin?.write(`${JSON.stringify(message)}\n`);
};

const hire = (): ChildProcess => {
  const hired = spawn(process.execPath, [program], { detached: true, stdio: ['pipe', 'ignore', 'inherit'] });
  hired.unref();
  return hired;
};

const dismiss = (): void => {
  undertaker?.stdin?.end();
  undertaker = undefined;
};
