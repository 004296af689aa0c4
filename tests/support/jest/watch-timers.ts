import type { Leak } from './open-handles.js';

type Start = (callback: (...args: unknown[]) => void, delay?: number, ...args: unknown[]) => NodeJS.Timeout;
type Stop = (timer?: NodeJS.Timeout) => void;
type Global = Record<'setTimeout' | 'setInterval', Start> & Record<'clearTimeout' | 'clearInterval', Stop>;
type Started = Map<NodeJS.Timeout, Error>;

/** Besides those of this file. */
const shownFrames = 3;

/** Remembers the timers that are started from now on; the function returned lists those that still hold the process. */
export const watchTimers = (): (() => Leak[]) => {
  const started: Started = new Map();
  const global = globalThis as unknown as Global;
  const { setTimeout, setInterval, clearTimeout, clearInterval } = global;
  global.setTimeout = watched(started, setTimeout, (timer) => started.delete(timer));
  global.setInterval = watched(started, setInterval, () => undefined);
  global.clearTimeout = forgetting(started, clearTimeout);
  global.clearInterval = forgetting(started, clearInterval);
  return () => [...started].filter(([timer]) => isPending(timer)).map(([timer, from]) => leak(timer, from));
};

const watched = (started: Started, start: Start, fired: (timer: NodeJS.Timeout) => void): Start => {
  const watching: Start = (callback, delay, ...args) => {
    const timer = start(
      (...given) => {
        fired(timer);
        callback(...given);
      },
      delay,
      ...args,
    );
    started.set(timer, hereAndNow());
    return timer;
  };
  // util.promisify finds the promised form by a property of the function.
  return Object.defineProperties(watching, Object.getOwnPropertyDescriptors(start));
};

/** With the few frames that `leak` shows: services start thousands of timers, and jest asks for a hundred frames. */
const hereAndNow = (): Error => {
  const { stackTraceLimit } = Error;
  Error.stackTraceLimit = 2 + shownFrames;
  const here = new Error('started');
  Error.stackTraceLimit = stackTraceLimit;
  return here;
};

const forgetting =
  (started: Started, stop: Stop): Stop =>
  (timer) => {
    if (timer !== undefined) started.delete(timer);
    stop(timer);
  };

const isPending = (timer: NodeJS.Timeout): boolean =>
  timer.hasRef() && !(timer as unknown as { _destroyed: boolean })._destroyed;

const leak = (timer: NodeJS.Timeout, { stack = '' }: Error): Leak => ({
  what: `timer started ${stack.split('\n').slice(3).join(' ').trim()}`,
  end: () => clearTimeout(timer),
});
