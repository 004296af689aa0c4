interface Disposable {
  dispose(): Promise<void>;
}

type Ensure = () => Promise<void>;

const running = new Map<string, Promise<Disposable>>();

/** Starts a part at most once per run, however many projects ask for it. */
export const startOnce =
  (part: string, start: () => Promise<Disposable>): Ensure =>
  async () => {
    if (!running.has(part)) running.set(part, start());
    await running.get(part);
  };

/** A set-up for jest. What is missing ends the run before its first test, with the sentence that says what to install. */
export const setupWith =
  (...parts: Ensure[]) =>
  async (): Promise<void> => {
    try {
      await Promise.all(parts.map((ensure) => ensure()));
    } catch (error) {
      process.stderr.write(`${error instanceof Error ? error.message : String(error)}\n`);
      await disposeAll();
      process.exit(1);
    }
  };

/** Ends everything that was started, and forgets it. */
export const disposeAll = async (): Promise<void> => {
  const parts = [...running.values()];
  running.clear();
  for (const outcome of await Promise.allSettled(parts))
    if (outcome.status === 'fulfilled') await outcome.value.dispose();
};
