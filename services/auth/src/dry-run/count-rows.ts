import { type Ask, countVisible, type Decision, namedFailure, type VisibleCount } from '@sandgate/contracts';

interface DecidedTable {
  readonly tableId: number;
  readonly decision: Decision;
}

const withinSeconds = 10;
/** Decisions of one question, as JSON; what the services ask each other is limited. */
const maxCharacters = 400_000;

/** How many rows of each table are visible, for those that are not denied. What cannot be counted in some seconds is missing. */
export async function countRows(ask: Ask, tables: readonly DecidedTable[]): Promise<ReadonlyMap<number, VisibleCount>> {
  const deadline = performance.now() + withinSeconds * 1000;
  const counts = new Map<number, VisibleCount>();
  const visible = tables.filter(({ decision }) => decision.access !== 'denied');
  for (const part of inParts(visible)) {
    const left = (deadline - performance.now()) / 1000;
    if (left <= 0) break;
    for (const { tableId, rows } of await countPart(ask, part, Math.min(left, withinSeconds)))
      counts.set(tableId, rows);
  }
  return counts;
}

async function countPart(ask: Ask, tables: DecidedTable[], seconds: number) {
  try {
    return (await ask(countVisible, { tables, withinSeconds: seconds })).counts;
  } catch (error) {
    // Everything else is known without dashboard.
    if (namedFailure(error)?.code === 'service.unavailable') return [];
    throw error;
  }
}

function inParts(tables: readonly DecidedTable[]): DecidedTable[][] {
  const parts: DecidedTable[][] = [];
  let characters = Number.POSITIVE_INFINITY;
  for (const { tableId, decision } of tables) {
    const size = JSON.stringify(decision).length;
    if (characters + size > maxCharacters || (parts.at(-1)?.length ?? 0) >= 2000) {
      parts.push([]);
      characters = 0;
    }
    parts.at(-1)?.push({ tableId, decision });
    characters += size;
  }
  return parts;
}
