import type { SqlClient } from '@sandgate/messaging';
import { isActive } from '../accounts/account-store.js';
import { Prisma } from '../generated/prisma/client.js';
import type { ClaimedNames } from './diff-group-sync.js';

/** Active accounts, all of them counted and the first of them by id. */
export interface Reach {
  readonly total: number;
  readonly accountIds: readonly string[];
}

/** The active members of any of these groups. */
export const reachMembers = (tx: SqlClient, groupIds: readonly number[], atMost: number): Promise<Reach> =>
  reach(
    tx,
    Prisma.sql`
      select account_id from membership_by_source where group_id = any(${groupIds}::integer[])
      union select id from account where exists (select from "group" where id = any(${groupIds}::integer[]) and kind = 'all-users')`,
    atMost,
  );

/** The active accounts for which a provider claims one of these names. */
export const reachClaims = (
  tx: SqlClient,
  { provider, names, namesOfGroups }: ClaimedNames & { readonly provider: string },
  atMost: number,
): Promise<Reach> =>
  reach(
    tx,
    Prisma.sql`
      select account_id from claimed_group where provider = ${provider} and name = any(
        array(select unnest(${names}::text[]) union select name from "group" where ${namesOfGroups}::boolean and kind = 'custom'))`,
    atMost,
  );

/** The active accounts whose claimed name a group of this name would answer to, and the members of the group that takes it. */
export const reachNamesakes = (
  tx: SqlClient,
  { name, memberOf }: { readonly name: string; readonly memberOf?: number },
  atMost: number,
): Promise<Reach> =>
  reach(
    tx,
    Prisma.sql`
      select account_id from membership_by_source where group_id = ${memberOf ?? null}::integer
      union select account_id from claimed_group
      where name = ${name} and provider = any(array(select provider from group_sync where enabled and mode = 'by-name'))`,
    atMost,
  );

export const reachAccount = (tx: SqlClient, accountId: string): Promise<Reach> =>
  reach(tx, Prisma.sql`select ${accountId}::uuid as account_id`, 1);

async function reach(tx: SqlClient, accounts: Prisma.Sql, atMost: number): Promise<Reach> {
  const [row] = await tx.$queryRaw<Reach[]>`
    with wanted (account_id) as (${accounts}), reached as materialized (
      select distinct account_id as id from wanted where ${isActive(Prisma.sql`account_id`)}
    )
    select count(*)::integer as total,
      array(select id from reached order by id limit ${atMost}::integer) as "accountIds" from reached`;
  return row ?? { total: 0, accountIds: [] };
}
