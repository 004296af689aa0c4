import type { SqlClient } from '@sandgate/messaging';

/** By what an account is a member of a group that is not All Users: `manual`, `scim` or a provider's name; empty when it is none. */
export async function findSources(database: SqlClient, groupId: number, accountId: string): Promise<string[]> {
  const rows = await database.$queryRaw<{ source: string }[]>`
    select distinct source from membership_by_source where group_id = ${groupId}::integer and account_id = ${accountId}::uuid order by source`;
  return rows.map(({ source }) => source);
}

/** False when there is one already. */
export async function insertManualMembership(tx: SqlClient, groupId: number, accountId: string): Promise<boolean> {
  const inserted = await tx.$executeRaw`
    insert into membership (group_id, account_id, source) values (${groupId}::integer, ${accountId}::uuid, 'manual') on conflict do nothing`;
  return inserted > 0;
}

/** False when there is none. */
export async function deleteManualMembership(tx: SqlClient, groupId: number, accountId: string): Promise<boolean> {
  const deleted = await tx.$executeRaw`
    delete from membership where group_id = ${groupId}::integer and account_id = ${accountId}::uuid and source = 'manual'`;
  return deleted > 0;
}
