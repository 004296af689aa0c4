import { setTimeout as sleep } from 'node:timers/promises';

/** Waits; returns early, without an error, when `signal` aborts. */
export async function pause(ms: number, signal: AbortSignal): Promise<void> {
  await sleep(ms, undefined, { signal }).catch((error: unknown) => {
    if (!signal.aborted) throw error;
  });
}

export interface BackOff {
  /** The next delay in milliseconds. */
  next(): number;
  reset(): void;
}

/** Delays that double from `firstMs` to `lastMs`. Each is drawn from its upper half, so that many processes do not come back at once. */
export function createBackOff(firstMs = 100, lastMs = 5_000): BackOff {
  let delay = firstMs;
  return {
    next() {
      const drawn = delay * (0.5 + Math.random() / 2);
      delay = Math.min(delay * 2, lastMs);
      return drawn;
    },
    reset() {
      delay = firstMs;
    },
  };
}
