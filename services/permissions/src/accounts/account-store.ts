import type { AccountChanged, ClaimedGroups, EventData } from '@sandgate/contracts';
import type { SqlClient } from '@sandgate/messaging';

export type AccountState = EventData<typeof AccountChanged>;

/** Only auth claims by this provider, and of an API key nothing else: no provider of sign-ins can have its name. */
const apiKeyClaims = JSON.stringify([{ provider: 'api-key' }]);

/**
 * Takes over the state of accounts, one per account, where it is newer than what is there; returns the ids of those. Their rows stay
 * locked until the transaction ends, which makes it the turn of one consumer at a time to write what else belongs to them.
 */
export async function takeOverAccounts(tx: SqlClient, states: readonly AccountState[]): Promise<string[]> {
  const rows = await tx.$queryRaw<{ id: string }[]>`
    insert into account (id, revision, claims_version, status, attributes, is_api_key)
    select "accountId", revision, "claimsVersion", status, attributes, groups @> ${apiKeyClaims}::jsonb
    from jsonb_to_recordset(${JSON.stringify(states)}::jsonb)
      as state ("accountId" uuid, revision integer, "claimsVersion" integer, status text, attributes jsonb, groups jsonb)
    order by "accountId"
    on conflict (id) do update set revision = excluded.revision, claims_version = excluded.claims_version,
      status = excluded.status, attributes = excluded.attributes, is_api_key = excluded.is_api_key
    where account.revision < excluded.revision
    returning id`;
  return rows.map(({ id }) => id);
}

export interface ClaimedName {
  readonly accountId: string;
  readonly provider: string;
  readonly name: string;
  readonly presence: ClaimedGroups['presence'];
}

/**
 * Makes the claimed groups of these accounts exactly these, each named once; those that stay are not touched. A statement of its own,
 * after the accounts were locked: it must see what another consumer has committed for them before.
 */
export async function replaceClaimedGroups(
  tx: SqlClient,
  accountIds: readonly string[],
  names: readonly ClaimedName[],
): Promise<void> {
  await tx.$executeRaw`
    with claimed as (
      select * from jsonb_to_recordset(${JSON.stringify(names)}::jsonb) as claimed ("accountId" uuid, provider text, name text, presence text)
    ), gone as (
      delete from claimed_group as held
      where held.account_id = any(${accountIds}::uuid[]) and not exists (
        select from claimed where claimed."accountId" = held.account_id and claimed.provider = held.provider and claimed.name = held.name)
    )
    insert into claimed_group (account_id, provider, name, presence)
    select "accountId", provider, name, presence from claimed
    on conflict (account_id, provider, name) do update set presence = excluded.presence
    where claimed_group.presence <> excluded.presence`;
}

/** Makes accounts administrators by hand, each once in its life: who was removed since stays removed. */
export async function makeAdministrators(tx: SqlClient, accountIds: readonly string[]): Promise<void> {
  await tx.$executeRaw`
    with made as (
      update account set made_administrator = true where id = any(${accountIds}::uuid[]) and not made_administrator returning id
    )
    insert into membership (group_id, account_id, source)
    select "group".id, made.id, 'manual' from made cross join "group" where "group".kind = 'administrators'
    on conflict do nothing`;
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
