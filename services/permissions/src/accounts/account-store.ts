import type { AccountChanged, ClaimedGroups, EventData } from '@sandgate/contracts';
import type { SqlClient } from '@sandgate/messaging';

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
    ), locked as materialized (
      -- The latest rows, in the order of ids, so that no two instances deadlock.
      select id, revision from account where id = any (array(select id from state)) order by id for no key update
    ), compared as materialized (
      -- Beside them the rows as this statement sees all other tables. Where they differ, it came too late.
      select state.*, locked.id is not null as is_known, locked.revision is distinct from seen.revision as is_raced,
        state.revision <= locked.revision as is_old, "firstAdministrator" and seen.made_administrator is not true as is_appointed
      from state left join locked using (id) left join account seen using (id)
    ), newer as materialized (
      select * from compared where not is_raced and is_old is not true
    ), changed as (
      update account set revision = newer.revision, claims_version = newer."claimsVersion", status = newer.status,
        attributes = newer.attributes, is_api_key = newer.is_api_key, made_administrator = account.made_administrator or newer.is_appointed
      from newer where account.id = newer.id and newer.is_known
      returning account.id
    ), created as (
      insert into account (id, revision, claims_version, status, attributes, is_api_key, made_administrator)
      select id, revision, "claimsVersion", status, attributes, is_api_key, is_appointed from newer where not is_known order by id
      on conflict (id) do nothing
      returning id
    ), taken as materialized (
      select id from changed union all select id from created
    ), gone as (
      delete from claimed_group as held using taken
      where held.account_id = taken.id and not exists (
        select from claimed where claimed."accountId" = held.account_id and claimed.provider = held.provider and claimed.name = held.name)
    ), held as (
      insert into claimed_group (account_id, provider, name, presence)
      select "accountId", provider, name, presence from claimed join taken on taken.id = "accountId"
      on conflict (account_id, provider, name) do update set presence = excluded.presence
      where claimed_group.presence <> excluded.presence
    ), appointed as (
      insert into membership (group_id, account_id, source)
      select "group".id, newer.id, 'manual' from newer join taken using (id) cross join "group"
      where newer.is_appointed and "group".kind = 'administrators'
      on conflict do nothing
    )
    select id from compared where is_raced or (is_old is not true and id not in (select id from taken))`;
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

/** Active members of Administrators, by hand or by a provider; no more than can be of use. */
export async function findAdministrators(database: SqlClient): Promise<string[]> {
  const rows = await database.$queryRaw<{ id: string }[]>`
    select distinct account.id
    from membership_by_source
    join account on account.id = membership_by_source.account_id
    where membership_by_source.group_id = (select id from "group" where kind = 'administrators')
      and account.status = 'active' and not account.deactivation_reserved
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
