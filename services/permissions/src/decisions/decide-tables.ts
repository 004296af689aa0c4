import type { Decision } from '@sandgate/contracts';
import { type AccessFacts, decideAccess, indexEntries } from './decide-access.js';

export interface TableDecision {
  readonly tableId: number;
  readonly decision: Decision;
}

/** The decision for each of these tables, or for all that the facts are about, in the order of their ids. */
export function decideTables(facts: AccessFacts, tableIds: readonly number[] = tablesOf(facts)): TableDecision[] {
  const entries = indexEntries(facts.entries);
  return tableIds.map((tableId) => ({ tableId, decision: decideAccess(facts, tableId, entries) }));
}

const tablesOf = ({ tables }: AccessFacts): number[] => [...tables.keys()].sort((a, b) => a - b);
