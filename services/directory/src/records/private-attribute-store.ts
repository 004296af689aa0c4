import type { SqlClient } from '@sandgate/messaging';

export async function findPrivateAttributes(database: SqlClient): Promise<string[]> {
  const rows = await database.$queryRaw<{ name: string }[]>`select name from private_attribute order by name`;
  return rows.map(({ name }) => name);
}

/** The same, and nobody else changes them until the end of the transaction. */
export async function lockPrivateAttributes(tx: SqlClient): Promise<string[]> {
  await tx.$executeRaw`lock table private_attribute in share row exclusive mode`;
  return findPrivateAttributes(tx);
}

export async function savePrivateAttributes(tx: SqlClient, names: readonly string[]): Promise<void> {
  await tx.$executeRaw`
    with gone as (delete from private_attribute where name <> all (${names}::text[]))
    insert into private_attribute (name) select distinct unnest(${names}::text[]) on conflict do nothing`;
}
