import { isDatabaseUnavailable } from './database-unavailable.js';

export interface BatcherOptions<Item, Result> {
  /** Answers one result per item, in order. When it throws for several items, each is tried alone, unless the database is away. */
  readonly run: (items: readonly Item[]) => Promise<readonly Result[]>;
  readonly maxSize: number;
  /** How many batches may run at once. */
  readonly lanes: number;
  /** Items that share a key never run in the same batch; the later one waits for the next. */
  readonly keysOf?: (item: Item) => readonly string[];
}

interface Waiting<Item, Result> {
  readonly item: Item;
  readonly resolve: (result: Result) => void;
  readonly reject: (error: unknown) => void;
}

/**
 * Lets concurrent calls share one piece of work, such as a statement and its commit. A call never waits for a batch to fill: what has
 * arrived when a lane is free goes, so that a lone call is as fast as without.
 */
export function createBatcher<Item, Result>(options: BatcherOptions<Item, Result>): (item: Item) => Promise<Result> {
  let queue: Waiting<Item, Result>[] = [];
  let running = 0;
  let scheduled = false;

  const schedule = (): void => {
    if (scheduled || running >= options.lanes || queue.length === 0) return;
    scheduled = true;
    // After the current round of I/O events, so that all requests which arrived in it go together.
    setImmediate(() => {
      scheduled = false;
      void start();
    });
  };

  const start = async (): Promise<void> => {
    const batch = take();
    if (batch.length === 0) return;
    running += 1;
    schedule();
    await settle(batch);
    running -= 1;
    schedule();
  };

  const take = (): Waiting<Item, Result>[] => {
    if (!options.keysOf) return queue.splice(0, options.maxSize);
    const taken: Waiting<Item, Result>[] = [];
    const left: Waiting<Item, Result>[] = [];
    const keys = new Set<string>();
    for (const waiting of queue) {
      const own = options.keysOf(waiting.item);
      const fits = taken.length < options.maxSize && !own.some((key) => keys.has(key));
      (fits ? taken : left).push(waiting);
      // Also the keys of those left behind, so that two items of one key keep their order.
      for (const key of own) keys.add(key);
    }
    queue = left;
    return taken;
  };

  const settle = async (batch: readonly Waiting<Item, Result>[]): Promise<void> => {
    try {
      const results = await options.run(batch.map((waiting) => waiting.item));
      if (results.length !== batch.length)
        throw new Error(`a batch of ${batch.length} answered ${results.length} results`);
      batch.forEach((waiting, index) => {
        waiting.resolve(results[index] as Result);
      });
    } catch (error) {
      if (batch.length === 1 || isDatabaseUnavailable(error)) for (const { reject } of batch) reject(error);
      else for (const waiting of batch) await settle([waiting]);
    }
  };

  return (item) =>
    new Promise((resolve, reject) => {
      queue.push({ item, resolve, reject });
      schedule();
    });
}
