import type { countVisible as question, VisibleCount } from '@sandgate/contracts';
import type { z } from 'zod';
import { openDecided, type Reading } from './open-table.js';

type Wanted = z.infer<(typeof question)['input']>;
type Counted = z.input<(typeof question)['output']>['counts'];

/** Counting on would cost more than the figure is worth. */
const countedAtMost = 1_000_000;
/** Fewer than a data source has connections: people read meanwhile. */
const atOnce = 3;
const unknown: VisibleCount = { unknown: true };

/** Counts what each decision allows, a few tables at a time. Throws nothing: what fails or is not reached in time is unknown. */
export async function countVisible(
  reading: Pick<Reading, 'catalogue' | 'findSource' | 'onCatalogueDiffers'>,
  { tables, withinSeconds }: Wanted,
): Promise<Counted> {
  const deadline = performance.now() + withinSeconds * 1000;
  const waiting = [...tables.entries()];
  const counts: VisibleCount[] = [];
  const work = async (): Promise<void> => {
    for (let next = waiting.shift(); next; next = waiting.shift()) {
      const [place, table] = next;
      counts[place] = await countOne(reading, table, Math.ceil(deadline - performance.now()));
    }
  };
  await Promise.all(Array.from({ length: atOnce }, work));
  return tables.map(({ tableId }, place) => ({ tableId, rows: counts[place] ?? unknown }));
}

async function countOne(
  reading: Parameters<typeof countVisible>[0],
  { tableId, decision }: Wanted['tables'][number],
  milliseconds: number,
): Promise<VisibleCount> {
  if (milliseconds <= 0) return unknown;
  try {
    const table = await openDecided(reading, tableId, decision);
    const counted = await table.count(countedAtMost + 1, { withinMilliseconds: milliseconds });
    return counted > countedAtMost ? { moreThan: countedAtMost } : { exactly: counted };
  } catch {
    // A denial, a table that has changed, a database that is slow or away: whoever reads the table is told which.
    return unknown;
  }
}
