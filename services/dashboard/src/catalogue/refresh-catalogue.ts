import { isDeepStrictEqual } from 'node:util';
import type { Database, Outbox, SqlClient } from '@sandgate/messaging';
import type { DataSource } from '../sources/data-source.js';
import { announceCatalogue } from './announce-catalogue.js';
import { assembleTables } from './assemble-tables.js';
import type { IntrospectedDatabase } from './catalogue.js';
import type { CatalogueStore } from './catalogue-store.js';
import { type FoundTable, introspect } from './introspect.js';

export interface CatalogueKeeping {
  readonly database: Database;
  readonly store: CatalogueStore;
  readonly outbox: Outbox;
}

/**
 * Introspects a data source and answers its catalogue as all instances now have it. What changed is stored with a higher revision and
 * announced, in one transaction. Safe at the same time on several instances: who finds that another was faster looks again, so that what
 * is stored was never seen before what it replaces.
 */
export async function refreshCatalogue(source: DataSource, keeping: CatalogueKeeping): Promise<IntrospectedDatabase> {
  for (;;) {
    const stored = await keeping.store.findOrAdd(source.name);
    const found = await introspect(source);
    const current = await keeping.database.$transaction((tx) => takeOver(stored, found, keeping, tx));
    if (current === undefined) continue;
    if (current !== stored) keeping.outbox.wake();
    return current;
  }
}

/** Undefined if somebody else stored a newer one meanwhile. */
async function takeOver(
  stored: IntrospectedDatabase,
  found: readonly FoundTable[],
  { store, outbox }: CatalogueKeeping,
  tx: SqlClient,
): Promise<IntrospectedDatabase | undefined> {
  if (!(await store.lockAt(tx, stored))) return undefined;
  const tables = assembleTables(found, await store.idsOf(tx, stored.id, found));
  // Revision 0 is stored once even if there is no table, so that everybody learns that there is none.
  if (stored.revision > 0 && isDeepStrictEqual(tables, stored.tables)) return stored;
  const changed = { ...stored, revision: stored.revision + 1, tables };
  await store.save(tx, changed);
  await announceCatalogue(outbox, tx, [changed]);
  return changed;
}
