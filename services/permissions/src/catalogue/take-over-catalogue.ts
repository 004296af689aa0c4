import type { SqlClient } from '@sandgate/messaging';
import { raisePolicyRevision } from '../policy/policy-store.js';
import { type CatalogueState, replaceTables, takeOverDatabases } from './catalogue-store.js';

/**
 * Applies catalogues of databases, only those newer than what is there. What was granted on a table that disappears stays, without effect:
 * a table that is not in the catalogue is denied. The policy revision rises, for what was compiled rests on columns and their types.
 */
export async function takeOverCatalogue(tx: SqlClient, states: readonly CatalogueState[]): Promise<void> {
  const taken = new Set(await takeOverDatabases(tx, states));
  if (taken.size === 0) return;
  await raisePolicyRevision(tx);
  for (const { database } of states) if (taken.has(database.id)) await replaceTables(tx, database.id, database.tables);
}
