import { AsyncLocalStorage } from 'node:async_hooks';

type Storage = AsyncLocalStorage<unknown>;

const { run } = AsyncLocalStorage.prototype;
const inUse = new Set<Storage>();

AsyncLocalStorage.prototype.run = function (this: Storage, ...args: Parameters<typeof run>) {
  inUse.add(this);
  return Reflect.apply(run, this, args);
} as typeof run;

/**
 * Ends every store of a test file. jest-circus makes one for each file and leaves it enabled: each promise of all later files would
 * carry it along, and with it what that file has loaded.
 */
export const disableStorages = (): void => {
  for (const storage of inUse) storage.disable();
  inUse.clear();
};
