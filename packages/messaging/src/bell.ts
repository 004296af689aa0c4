/** Wakes a loop that has nothing to do. */
export interface Bell {
  ring(): void;
  /** Resolves at the next ring, after `ms`, or when `signal` aborts; with whether it rang. A ring since the last wait counts, so that none is missed. */
  wait(ms: number, signal: AbortSignal): Promise<boolean>;
}

export function createBell(): Bell {
  let rung = false;
  let wake: (() => void) | undefined;

  const sleep = (ms: number, signal: AbortSignal): Promise<void> =>
    new Promise((resolve) => {
      const awake = (): void => {
        clearTimeout(timer);
        signal.removeEventListener('abort', awake);
        wake = undefined;
        resolve();
      };
      const timer = setTimeout(awake, ms);
      signal.addEventListener('abort', awake);
      wake = awake;
    });

  return {
    ring() {
      rung = true;
      wake?.();
    },
    async wait(ms, signal) {
      if (!rung && !signal.aborted) await sleep(ms, signal);
      const rang = rung;
      rung = false;
      return rang;
    },
  };
}
