import { CatalogChanged } from '@sandgate/contracts';
import { nextTraceparent, type Outbox, type SqlClient } from '@sandgate/messaging';
import type { IntrospectedDatabase } from './catalogue.js';

/** Publishes whole databases, each at its revision, with what the transaction commits. */
export const announceCatalogue = (
  outbox: Outbox,
  tx: SqlClient,
  databases: readonly IntrospectedDatabase[],
): Promise<void> => outbox.add(tx, CatalogChanged, databases.map(toEntry), nextTraceparent());

const toEntry = ({ id, name, revision, tables }: IntrospectedDatabase) => ({
  subject: String(id),
  data: { revision, database: { id, name, tables: tables.map(({ primaryKey: _, ...table }) => table) } },
});
