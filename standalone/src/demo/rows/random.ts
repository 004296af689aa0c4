/** A stream of numbers that is the same on every machine: whole-number arithmetic only, no library function that may round. */
export interface Random {
  /** A number from `low` to `high`, both included. */
  between(low: number, high: number): number;
  /** True this many times in a hundred. */
  percent(chance: number): boolean;
  /** One of the choices, of which there must be one at least. */
  pick<T>(choices: readonly T[]): T;
  /** The same things in mixed order. */
  shuffled<T>(things: readonly T[]): T[];
}

/** Starts the stream of a seed. Each table has a seed of its own, so that a change to one leaves the others as they are. */
export function seededRandom(seed: number): Random {
  let state = seed;
  // Mulberry32: small, and good enough to look like chance.
  const next = (): number => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return (mixed ^ (mixed >>> 14)) >>> 0;
  };
  const between = (low: number, high: number): number => low + (next() % (high - low + 1));
  return {
    between,
    percent: (chance) => between(1, 100) <= chance,
    pick: <T>(choices: readonly T[]) => choices[between(0, choices.length - 1)] as T,
    shuffled: (things) => shuffle([...things], between),
  };
}

/** Fisher and Yates: every order is as likely as any other. */
function shuffle<T>(things: T[], between: Random['between']): T[] {
  for (let last = things.length - 1; last > 0; last -= 1) {
    const other = between(0, last);
    [things[last], things[other]] = [things[other] as T, things[last] as T];
  }
  return things;
}
