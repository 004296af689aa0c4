/** The middle one; of an even number the mean of the two in the middle. */
export function median(values: readonly number[]): number {
  const sorted = [...values].sort((a, b) => a - b);
  const middle = Math.floor(sorted.length / 2);
  const upper = sorted[middle] ?? Number.NaN;
  return sorted.length % 2 === 1 ? upper : ((sorted[middle - 1] ?? Number.NaN) + upper) / 2;
}

/** The value that a share of all does not exceed, from 0 to 1. */
export function percentile(values: readonly number[], share: number): number {
  const sorted = [...values].sort((a, b) => a - b);
  return sorted[Math.max(0, Math.ceil(share * sorted.length) - 1)] ?? Number.NaN;
}

export interface Compared {
  readonly ours: number;
  readonly bare: number;
  readonly ratio: number;
}

/**
 * Measures two things in turn, so that what the machine does meanwhile meets both, and answers the medians. The first turn of each
 * warms up and does not count.
 */
export async function compare(
  rounds: number,
  ours: () => Promise<number>,
  bare: () => Promise<number>,
): Promise<Compared> {
  const measured: { ours: number; bare: number }[] = [];
  for (let round = 0; round <= rounds; round += 1) measured.push({ ours: await ours(), bare: await bare() });
  const counted = measured.slice(1);
  const medians = { ours: median(counted.map((one) => one.ours)), bare: median(counted.map((one) => one.bare)) };
  return { ...medians, ratio: medians.ours / medians.bare };
}
