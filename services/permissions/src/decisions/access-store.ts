import type { AttributeValue, CatalogueTable } from '@sandgate/contracts';
import type { SqlClient } from '@sandgate/messaging';
import type { AccessFacts, Entry, GroupOfAccount, KnownTable } from './decide-access.js';

/** How far an account and the policy have been applied. */
export interface AppliedVersions {
  readonly accountRevision: number;
  readonly claimsVersion: number;
  readonly policyRevision: number;
  /** False while deactivated or while a deactivation is reserved. */
  readonly active: boolean;
}

export interface LoadedAccess {
  readonly versions: AppliedVersions;
  readonly facts: AccessFacts;
}

export interface WantedAccess {
  readonly accountId: string;
  /** All tables of the catalogue when absent. */
  readonly tableIds?: readonly number[] | undefined;
}

/** The versions of accounts in the order asked for, undefined for an unknown one. */
export async function readVersions(
  database: SqlClient,
  accountIds: readonly string[],
): Promise<(AppliedVersions | undefined)[]> {
  const rows = await database.$queryRaw<(AppliedVersions | { accountRevision: null })[]>`
    select account.revision as "accountRevision", account.claims_version as "claimsVersion", policy.revision as "policyRevision",
      account.status = 'active' and not account.deactivation_reserved as active
    from unnest(${accountIds}::uuid[]) with ordinality as asked (account_id, position)
    cross join policy
    -- A limit keeps this a look-up by the key, however small the table was when the plan was made.
    left join lateral (select * from account where id = asked.account_id limit 1) account on true
    order by asked.position`;
  return rows.map((row) => (row.accountRevision === null ? undefined : row));
}

interface AccessRow extends AppliedVersions {
  readonly attributes: Record<string, { value: AttributeValue; source: 'token' | 'admin' }>;
  readonly groups: GroupOfAccount[] | null;
  readonly tables: KnownTable[] | null;
  readonly entries: Entry[] | null;
  readonly described: CatalogueTable[] | null;
}

/**
 * Everything that decides what these accounts may see of these tables, each with the versions of the same snapshot, in the order asked
 * for; undefined for an unknown account. One statement, whatever the number of accounts, groups and tables.
 */
export async function loadAccess(
  database: SqlClient,
  wanted: readonly WantedAccess[],
): Promise<(LoadedAccess | undefined)[]> {
  const rows = await database.$queryRaw<(AccessRow | { accountRevision: null })[]>`
    select account.revision as "accountRevision", account.claims_version as "claimsVersion", policy.revision as "policyRevision",
      account.status = 'active' and not account.deactivation_reserved as active,
      account.attributes, own.groups, scope.tables, granted.entries, granted.described
    from jsonb_array_elements(${JSON.stringify(wanted)}::jsonb) with ordinality as asked (wish, position)
    cross join policy
    left join lateral (select * from account where id = (asked.wish ->> 'accountId')::uuid limit 1) account on true
    cross join lateral (
      select array_agg(member.group_id) as ids,
        jsonb_agg(jsonb_build_object('id', "group".id, 'name', "group".name, 'kind', "group".kind, 'sources', member.sources) order by "group".id) as groups
      from (
        select group_id, jsonb_agg(distinct source) as sources from (
          select group_id, source from membership_by_source where account_id = account.id
          union all select id, 'automatic' from "group" where kind = 'all-users'
        ) as by_source group by group_id
      ) as member
      join "group" on "group".id = member.group_id
    ) as own
    cross join lateral (
      select array_agg(id) as ids, array_agg(distinct database_id) as database_ids,
        jsonb_agg(jsonb_build_object('id', id, 'databaseId', database_id, 'schemaName', schema_name)) as tables
      from catalogue_table
      where id = any(case when asked.wish ? 'tableIds'
        then array(select jsonb_array_elements_text(asked.wish -> 'tableIds')::integer)
        else array(select id from catalogue_table) end)
    ) as scope
    cross join lateral (
      with entry as (
        select id, group_id, database_id, schema_name, table_id, access, rule from data_permission
        where group_id = any(own.ids) and database_id = any(scope.database_ids) and table_id = any(0 || scope.ids)
      )
      select
        (select jsonb_agg(jsonb_build_object('id', id, 'groupId', group_id, 'databaseId', database_id, 'schemaName', schema_name,
          'tableId', table_id, 'access', access, 'rule', rule)) from entry) as entries,
        (select jsonb_agg(jsonb_build_object('id', id, 'schema', schema_name, 'name', name, 'columns', columns, 'foreignKeys', foreign_keys))
          from catalogue_table where id in (
            select table_id from entry where rule is not null
            union select jsonb_path_query(rule, '$.**.through.tableId')::integer from entry where rule is not null
          )) as described
    ) as granted
    order by asked.position`;
  return rows.map((row) => (row.accountRevision === null ? undefined : toAccess(row)));
}

const toAccess = (row: AccessRow): LoadedAccess => {
  const { accountRevision, claimsVersion, policyRevision, active } = row;
  return {
    versions: { accountRevision, claimsVersion, policyRevision, active },
    facts: {
      groups: row.groups ?? [],
      entries: row.entries ?? [],
      tables: byId(row.tables ?? []),
      described: byId(row.described ?? []),
      attributes: new Map(Object.entries(row.attributes)),
    },
  };
};

const byId = <Item extends { id: number }>(items: readonly Item[]): Map<number, Item> =>
  new Map(items.map((item) => [item.id, item]));
