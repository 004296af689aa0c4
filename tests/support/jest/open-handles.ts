import { ChildProcess } from 'node:child_process';
import { Server, Socket } from 'node:net';

export interface Leak {
  readonly what: string;
  end(): void;
}

type Handle = Partial<Record<'hasRef', () => boolean>>;

// The only place where Node says which objects keep a process alive; the public list has only the names of their kinds.
const activeHandles = (): unknown[] => (process as unknown as { _getActiveHandles(): unknown[] })._getActiveHandles();

/** Remembers what is open now; the function returned lists what was opened since and keeps the process alive. */
export const openHandles = (): (() => Leak[]) => {
  // Opened when they are first looked at, as by an import of node:process.
  const own = [process.stdin, process.stdout, process.stderr];
  const before = new Set<unknown>([...own, ...activeHandles()]);
  return () =>
    activeHandles()
      .filter((handle) => !before.has(handle) && holdsProcess(handle))
      .flatMap(describe);
};

const holdsProcess = (handle: unknown): boolean => {
  const inner = (handle as { _handle?: Handle })._handle ?? (handle as Handle);
  return inner.hasRef?.() ?? true;
};

const describe = (handle: unknown): Leak[] => {
  if (handle instanceof ChildProcess)
    return [{ what: `process ${handle.pid} (${handle.spawnargs.slice(0, 4).join(' ')})`, end: () => killTree(handle) }];
  if (handle instanceof Server)
    return [{ what: `listener on port ${portOf(handle.address())}`, end: () => handle.close() }];
  if (handle instanceof Socket)
    return [
      { what: handle.remotePort ? `connection to port ${handle.remotePort}` : 'pipe', end: () => handle.destroy() },
    ];
  return [];
};

// What `startProcess` starts leads a process group, and is no more than its head.
const killTree = (child: ChildProcess): void => {
  try {
    process.kill(-Number(child.pid), 'SIGKILL');
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ESRCH') throw error;
    child.kill('SIGKILL');
  }
};

const portOf = (address: ReturnType<Server['address']>): number | string =>
  typeof address === 'object' && address !== null ? address.port : String(address);
