/** Holds back sources of which too much was refused. */
export interface RefusalLimit {
  /** Seconds until the source may be refused once more; 0 while it may. */
  secondsToWait(source: string): number;
  /** Counts a refusal. Seconds to wait when there were too many already, else 0. */
  count(source: string): number;
}

export interface RefusalLimitOptions {
  /** A source may be refused so often at once, and so often a minute in the long run. */
  readonly perMinute: number;
  /** So many sources are remembered; the one that was refused longest ago is forgotten first. */
  readonly maxSources: number;
  /** Milliseconds of a clock that only goes forward. */
  readonly now: () => number;
}

/** A token bucket for each source, in memory: on several instances a source has as many times the limit. */
export function createRefusalLimit({ perMinute, maxSources, now }: RefusalLimitOptions): RefusalLimit {
  const msEach = 60_000 / perMinute;
  /** When the bucket of a source is full again; in the order of the last refusals. */
  const fullAt = new Map<string, number>();

  const msToWait = (source: string): number =>
    Math.max(0, (fullAt.get(source) ?? 0) - now() - (perMinute - 1) * msEach);

  return {
    secondsToWait: (source) => Math.ceil(msToWait(source) / 1000),
    count(source) {
      const wait = msToWait(source);
      if (wait > 0) return Math.ceil(wait / 1000);
      const next = Math.max(fullAt.get(source) ?? 0, now()) + msEach;
      fullAt.delete(source);
      fullAt.set(source, next);
      for (const oldest of fullAt.keys()) {
        if (fullAt.size <= maxSources) break;
        fullAt.delete(oldest);
      }
      return 0;
    },
  };
}
