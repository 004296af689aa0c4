export interface Patience {
  readonly timeoutMs?: number;
  /** Between two attempts. Left out, a twentieth of the time waited so far: a long wait shall cost little, and a short one not take long. */
  readonly everyMs?: number;
}

const shortestPauseMs = 10;
const longestPauseMs = 250;

/** Thrown inside `eventually` when waiting longer cannot help. */
export class Hopeless extends Error {}

/** Runs `assertion` again and again until it no longer throws, and returns its value. In the end says what it last saw. */
export const eventually = async <T>(assertion: () => T | Promise<T>, patience: Patience = {}): Promise<T> => {
  const { timeoutMs = 30_000, everyMs } = patience;
  const startedAt = Date.now();
  const deadline = startedAt + timeoutMs;
  for (;;) {
    const waited = Date.now() - startedAt;
    const pauseMs = everyMs ?? Math.min(Math.max(waited / 20, shortestPauseMs), longestPauseMs);
    try {
      return await within(Math.max(deadline - Date.now(), pauseMs), assertion, 'an attempt that had not ended');
    } catch (error) {
      if (error instanceof Hopeless) throw error;
      if (Date.now() + pauseMs >= deadline) throw new Error(notWithin(timeoutMs, error), { cause: error });
    }
    await new Promise((resolve) => setTimeout(resolve, pauseMs));
  }
};

const notWithin = (timeoutMs: number, last: unknown): string =>
  `Not within ${timeoutMs / 1000} s. Last seen: ${last instanceof Error ? last.message : String(last)}`;

/** What `attempt` resolves to, or after so many milliseconds an error that says `otherwise`: what hangs must not outlive anybody's patience. */
export const within = async <T>(forMs: number, attempt: () => T | Promise<T>, otherwise: string): Promise<T> => {
  let timer: NodeJS.Timeout | undefined;
  const tooLong = new Promise<never>((_, reject) => {
    timer = setTimeout(() => reject(new Error(otherwise)), forMs);
  });
  try {
    return await Promise.race([attempt(), tooLong]);
  } finally {
    clearTimeout(timer);
  }
};
