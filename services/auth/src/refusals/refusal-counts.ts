import type { EventData, SignInRefused } from '@sandgate/contracts';

export interface Refusal {
  readonly code: string;
  readonly provider: string | null;
  /** Absent where it is not known. */
  readonly accountId?: string;
  readonly source: string;
}

type CountedRefusals = EventData<typeof SignInRefused>;

/** Counts refusals in memory until somebody takes them: one entry for each source, reason and account, however many there were. */
export interface RefusalCounts {
  note(refusal: Refusal): void;
  /** Everything noted since the last call. */
  take(): readonly CountedRefusals[];
  /** Takes back what could not be announced. */
  putBack(counted: readonly CountedRefusals[]): void;
}

/** So many pairs are kept apart; of further sources only the number and the reason. */
const maxEntries = 256;

export function createRefusalCounts(now: () => Date): RefusalCounts {
  let entries = new Map<string, CountedRefusals>();

  const add = (counted: CountedRefusals): void => {
    const { accountId, ...others } = { ...counted, source: 'others' };
    const { code, provider, source } = counted;
    const own = JSON.stringify([code, provider, source, accountId]);
    const key = entries.has(own) || entries.size < maxEntries ? own : JSON.stringify([code, provider, 'others']);
    const earlier = entries.get(key);
    if (!earlier) entries.set(key, key === own ? counted : others);
    else
      entries.set(key, {
        ...earlier,
        count: earlier.count + counted.count,
        firstAt: earlierOf(earlier.firstAt, counted.firstAt),
        lastAt: laterOf(earlier.lastAt, counted.lastAt),
      });
  };

  return {
    note(refusal) {
      const at = now().toISOString();
      add({ ...refusal, count: 1, firstAt: at, lastAt: at });
    },
    take() {
      const taken = [...entries.values()];
      entries = new Map();
      return taken;
    },
    putBack: (counted) => counted.forEach(add),
  };
}

/** Of two times in ISO 8601, as `Date` writes them: they compare as text. */
const isBefore = (one: string, other: string): boolean => one < other;
const earlierOf = (one: string, other: string): string => (isBefore(other, one) ? other : one);
const laterOf = (one: string, other: string): string => (isBefore(one, other) ? other : one);
