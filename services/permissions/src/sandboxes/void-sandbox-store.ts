import type { Warning } from '@sandgate/contracts';
import type { SqlClient } from '@sandgate/messaging';
import { Prisma } from '../generated/prisma/client.js';

export interface WarningScope {
  readonly sandboxIds?: readonly number[] | undefined;
  readonly databaseIds?: readonly number[] | undefined;
  /** Sandboxes of these groups, and those that these groups make void. */
  readonly groupIds?: readonly number[] | undefined;
}

/**
 * Sandboxes within that scope which have no effect for some active members, because another group of theirs is unrestricted on the
 * table; the first thousand of them. It costs as much as the groups that are unrestricted have members, however many sandboxes there are.
 */
export async function findVoidSandboxes(database: SqlClient, scope: WarningScope): Promise<Warning[]> {
  const { sandboxIds, databaseIds, groupIds = null } = scope;
  const asked = [
    Prisma.sql`access = 'sandboxed'`,
    ...(sandboxIds ? [Prisma.sql`data_permission.id = any(${sandboxIds}::integer[])`] : []),
    ...(databaseIds ? [Prisma.sql`data_permission.database_id = any(${databaseIds}::integer[])`] : []),
  ];
  return database.$queryRaw<Warning[]>`
    with sandbox as (
      select data_permission.id, group_id, table_id, catalogue_table.database_id, catalogue_table.schema_name
      from data_permission join catalogue_table on catalogue_table.id = table_id
      where ${Prisma.join(asked, ' and ')}
    ), opening as (
      select sandbox.id, sandbox.table_id, sandbox.group_id as boxed_id, entry.group_id as opener_id
      from sandbox
      join data_permission as entry on entry.access = 'unrestricted' and entry.table_id in (0, sandbox.table_id)
        and entry.database_id = sandbox.database_id and entry.schema_name in ('', sandbox.schema_name)
      where not exists (
        select from data_permission as nearer
        where nearer.group_id = entry.group_id and nearer.database_id = entry.database_id and nearer.table_id in (0, sandbox.table_id)
          and nearer.schema_name in ('', sandbox.schema_name)
          and (nearer.table_id, nearer.schema_name) > (entry.table_id, entry.schema_name))
      union all
      select sandbox.id, sandbox.table_id, sandbox.group_id, "group".id
      from sandbox cross join "group" where "group".kind = 'administrators'
    ), relevant as (
      select * from opening
      where ${groupIds}::integer[] is null or boxed_id = any(${groupIds}::integer[]) or opener_id = any(${groupIds}::integer[])
    ), pair as (
      select boxed_id, opener_id, boxed.kind = 'all-users' as boxes_all, opener.kind = 'all-users' as opens_all
      from (select distinct boxed_id, opener_id from relevant) as pair
      join "group" as boxed on boxed.id = boxed_id
      join "group" as opener on opener.id = opener_id
    ), opened_to_all as materialized (
      select count(*) > 200 as are_many from pair where opens_all
    ), member as (
      -- offset 0: what is looked up for one at a time stays so; a join of everything with everything is what is to be avoided.
      select other.group_id as boxed_id, opener.opener_id, one.account_id
      from (select distinct opener_id from pair) as opener
      cross join lateral (select distinct account_id from membership_by_source where group_id = opener.opener_id offset 0) as one
      cross join lateral (select distinct group_id from membership_by_source where account_id = one.account_id offset 0) as other
      where (other.group_id, opener.opener_id) in (select boxed_id, opener_id from pair)
      union all
      select boxed_id, opener_id, everybody.account_id from pair
      cross join lateral (
        select distinct account_id from membership_by_source where group_id = case when opens_all then boxed_id else opener_id end offset 0
      ) as everybody
      where boxes_all or (opens_all and not (select are_many from opened_to_all))
      union all
      -- Everything at once beats so many look-ups.
      select group_id, everybody.id, account_id
      from (select id from "group" where kind = 'all-users') as everybody
      cross join (
        select distinct group_id, account_id from membership_by_source
        where (select are_many from opened_to_all) and (group_id in (select boxed_id from pair where opens_all)) is true
        offset 0
      ) as member
    ), affected as (
      select boxed_id, opener_id, count(*)::integer as members, (array_agg(account_id order by account_id))[1:100] as account_ids
      from member
      where not exists (select from account as inactive where inactive.id = account_id and inactive.status <> 'active')
      group by boxed_id, opener_id
    ), shown as materialized (
      -- "is true" keeps the pairs in a hash table: a join would compare each with each where it takes them for few.
      select * from relevant where ((boxed_id, opener_id) in (select boxed_id, opener_id from affected)) is true
      order by id, opener_id limit 1000
    )
    select shown.id as "sandboxId", table_id as "tableId", jsonb_build_object('id', "group".id, 'name', "group".name) as "becauseOfGroup",
      members, account_ids as "accountIds"
    from shown
    join affected on affected.boxed_id = shown.boxed_id and affected.opener_id = shown.opener_id
    join "group" on "group".id = shown.opener_id
    order by shown.id, "group".id`;
}
