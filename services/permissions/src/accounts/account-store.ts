import type { AccountChanged, ClaimedGroups, EventData } from '@sandgate/contracts';
import type { SqlClient } from '@sandgate/messaging';
import { Prisma } from '../generated/prisma/client.js';

export type AccountState = EventData<typeof AccountChanged>;

/** Only auth claims by this provider, and of an API key nothing else: no provider of sign-ins can have its name. */
const apiKeyClaims = JSON.stringify([{ provider: 'api-key' }]);

export interface ClaimedName {
  readonly accountId: string;
  readonly provider: string;
  readonly name: string;
  readonly presence: ClaimedGroups['presence'];
}

/**
 * Takes over the state of accounts, one per account, where it is newer than what is there, in one statement: their claimed groups become
 * exactly these names, and whoever is a first administrator for the first time in its life becomes one by hand. Answers the ids of those that
 * somebody else changed while the statement ran: nothing of them is written, for it cannot see what else was committed with the change.
 */
export async function takeOverAccounts(
  database: SqlClient,
  states: readonly AccountState[],
  names: readonly ClaimedName[],
): Promise<string[]> {
  const rows = await database.$queryRaw<{ id: string }[]>`
    with claimed as materialized (
      select * from jsonb_to_recordset(${JSON.stringify(names)}::jsonb) as claimed ("accountId" uuid, provider text, name text, presence text)
    ), state as materialized (
      select "accountId" as id, revision, "claimsVersion", status, attributes, groups @> ${apiKeyClaims}::jsonb as is_api_key, "firstAdministrator"
      from jsonb_to_recordset(${JSON.stringify(states)}::jsonb) as state ("accountId" uuid, revision integer, "claimsVersion" integer,
        status text, attributes jsonb, groups jsonb, "firstAdministrator" boolean)
    ), taken as (
      -- In the order of ids, so that no two instances deadlock. A conflict shows the latest row, and a look-up the one that this statement
      -- sees beside all other tables: where they differ, it came too late.
      insert into account (id, revision, claims_version, status, attributes, is_api_key, made_administrator)
      select id, revision, "claimsVersion", status, attributes, is_api_key, "firstAdministrator" from state order by id
      on conflict (id) do update set revision = excluded.revision, claims_version = excluded.claims_version, status = excluded.status,
        attributes = excluded.attributes, is_api_key = excluded.is_api_key,
        made_administrator = account.made_administrator or excluded.made_administrator
      where account.revision < excluded.revision
        and account.revision = (select revision from account seen where seen.id = excluded.id)
      returning id
    ), surplus as materialized (
      -- An offset keeps this a look-up by its key, however small the table was when the plan was made.
      select held.ctid as place
      from taken cross join lateral (select ctid, provider, name from claimed_group where account_id = taken.id offset 0) held
      where not exists (
        select from claimed where "accountId" = taken.id and claimed.provider = held.provider and claimed.name = held.name)
    ), gone as (
      -- Mostly there is none, and then not even a plan that reads the whole table reads anything.
      delete from claimed_group where exists (select from surplus) and ctid = any (array(select place from surplus))
    ), held as (
      insert into claimed_group (account_id, provider, name, presence)
      select "accountId", provider, name, presence from claimed join taken on taken.id = "accountId"
      on conflict (account_id, provider, name) do update set presence = excluded.presence
      where claimed_group.presence <> excluded.presence
    ), appointed as (
      insert into membership (group_id, account_id, source)
      select "group".id, taken.id, 'manual' from taken join state using (id) cross join "group"
      -- Asked for each by itself, and so by its key.
      where "firstAdministrator" and (select made_administrator from account seen where seen.id = taken.id) is not true
        and "group".kind = 'administrators'
      on conflict do nothing
    )
    select id from state left join lateral (select revision from account where account.id = state.id limit 1) seen on true
    where (seen.revision >= state.revision) is not true and id not in (select id from taken)`;
  return rows.map(({ id }) => id);
}

/**
 * Until it is released the account counts as deactivated. Events leave a reservation alone: one from before it may still be on its way,
 * also the first one of the account.
 */
export async function reserveDeactivation(tx: SqlClient, accountId: string): Promise<void> {
  await tx.$executeRaw`
    insert into account (id, revision, claims_version, status, attributes, deactivation_reserved)
    values (${accountId}::uuid, 0, 0, 'active', '{}', true)
    on conflict (id) do update set deactivation_reserved = true`;
}

export async function releaseDeactivation(database: SqlClient, accountId: string): Promise<void> {
  await database.$executeRaw`update account set deactivation_reserved = false where id = ${accountId}::uuid`;
}

export async function findAccount(
  database: SqlClient,
  accountId: string,
): Promise<{ readonly isApiKey: boolean } | undefined> {
  const found = await database.$queryRaw<
    { isApiKey: boolean }[]
  >`select is_api_key as "isApiKey" from account where id = ${accountId}::uuid`;
  return found[0];
}

/**
 * Of the id of an account that there is: it is neither deactivated nor about to be. Those that are have an index of their own, so that
 * nothing is read for those that are not, however many are asked for.
 */
export const isActive = (accountId: Prisma.Sql): Prisma.Sql => Prisma.sql`not exists (
  select from account as inactive where inactive.id = ${accountId} and (status <> 'active' or deactivation_reserved))`;

/** Active members of Administrators, by hand or by a provider; no more than can be of use. */
export async function findAdministrators(database: SqlClient): Promise<string[]> {
  const rows = await database.$queryRaw<{ id: string }[]>`
    select distinct account_id as id from membership_by_source
    where group_id = (select id from "group" where kind = 'administrators') and ${isActive(Prisma.sql`account_id`)}
    limit 1000`;
  return rows.map(({ id }) => id);
}

/** Whether the account is an active administrator by hand, and nobody else is. True only means something under the lock of the policy. */
export async function isLastAdministrator(tx: SqlClient, accountId: string): Promise<boolean> {
  const administrators = await tx.$queryRaw<{ id: string }[]>`
    select account.id
    from "group"
    join membership on membership.group_id = "group".id and membership.source = 'manual'
    join account on account.id = membership.account_id
    where "group".kind = 'administrators' and account.status = 'active' and not account.deactivation_reserved
    limit 2`;
  return administrators.length === 1 && administrators[0]?.id === accountId;
}
