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
  readonly entries: Entry[] | null;
}

/** What accounts that are asked for together have in common. */
interface Shared {
  /** Of each scope in turn. */
  readonly scopes: (KnownTable[] | null)[] | null;
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
  const { scopes, scopeOf } = numberScopes(wanted);
  const rows = await database.$queryRaw<((AccessRow | { accountRevision: null }) & Shared)[]>`
    with scope as materialized (
      select number, array_agg(id) as ids, array_agg(distinct database_id) as database_ids,
        json_agg(json_build_object('id', id, 'databaseId', database_id, 'schemaName', schema_name)) filter (where id is not null) as tables
      from jsonb_array_elements(${JSON.stringify(scopes)}::jsonb) with ordinality as wished (ids, number)
        left join lateral (
          select * from catalogue_table where ids = 'null'
          union all
          select * from catalogue_table where id = any (array(select jsonb_array_elements_text(nullif(ids, 'null'))::integer))
        ) as wanted on true
      group by number
    ), asked as materialized (
      select position, number, account.*, own.ids as group_ids, own.groups
      from unnest(${wanted.map(({ accountId }) => accountId)}::uuid[], ${scopeOf}::integer[]) with ordinality as asked (account_id, number, position)
      -- A limit keeps this a look-up by the key, however small the table was when the plan was made.
      left join lateral (select * from account where id = asked.account_id limit 1) account on true
      cross join lateral (
        select array_agg(member.group_id) as ids,
          json_agg(json_build_object('id', "group".id, 'name', "group".name, 'kind', "group".kind, 'sources', member.sources) order by "group".id) as groups
        from (
          select group_id, json_agg(distinct source) as sources from (
            select group_id, source from membership_by_source where account_id = account.id
            union all select (select id from "group" where kind = 'all-users'), 'automatic'
          ) as by_source group by group_id
        ) as member
        join "group" on "group".id = member.group_id
      ) as own
    ), entry as materialized (
      select position, granted.*
      from asked join scope using (number) cross join lateral (
        select id, group_id, database_id, schema_name, table_id, access, rule from data_permission
        where group_id = any(asked.group_ids) and database_id = any(scope.database_ids) and table_id = any(0 || scope.ids)
        offset 0
      ) as granted
    ), ruled as materialized (
      select distinct table_id, rule from entry where rule is not null
    )
    select asked.revision as "accountRevision", claims_version as "claimsVersion", policy.revision as "policyRevision",
      status = 'active' and not deactivation_reserved as active, attributes, groups, granted.entries,
      case when position = 1 then (select json_agg(tables order by number) from scope) end as scopes,
      case when position = 1 then (
        select json_agg(json_build_object('id', id, 'schema', schema_name, 'name', name, 'columns', columns, 'foreignKeys', foreign_keys))
        from catalogue_table where id = any (array(
          select table_id from ruled union all select jsonb_path_query(rule, '$.**.through.tableId')::integer from ruled))
      ) end as described
    from asked cross join policy
    left join (
      select position, json_agg(json_build_object('id', id, 'groupId', group_id, 'databaseId', database_id, 'schemaName', schema_name,
        'tableId', table_id, 'access', access, 'rule', rule)) as entries
      from entry group by position
    ) as granted using (position)
    order by position`;
  const tables = rows[0]?.scopes?.map((scope) => byId(scope ?? [])) ?? [];
  const described = byId(rows[0]?.described ?? []);
  return rows.map((row, index) =>
    row.accountRevision === null
      ? undefined
      : toAccess(row, { tables: tables[(scopeOf[index] ?? 0) - 1] ?? new Map(), described }),
  );
}

/** Each list of tables once, and for each wish the number of its list, from 1. */
function numberScopes(wanted: readonly WantedAccess[]): {
  scopes: (readonly number[] | null)[];
  scopeOf: number[];
} {
  const numbers = new Map<string, number>();
  const scopes: (readonly number[] | null)[] = [];
  const scopeOf = wanted.map(({ tableIds = null }) => {
    const key = JSON.stringify(tableIds);
    const known = numbers.get(key);
    if (known !== undefined) return known;
    numbers.set(key, scopes.push(tableIds));
    return scopes.length;
  });
  return { scopes, scopeOf };
}

const toAccess = (row: AccessRow, shared: Pick<AccessFacts, 'tables' | 'described'>): LoadedAccess => {
  const { accountRevision, claimsVersion, policyRevision, active } = row;
  return {
    versions: { accountRevision, claimsVersion, policyRevision, active },
    facts: {
      groups: row.groups ?? [],
      entries: row.entries ?? [],
      attributes: new Map(Object.entries(row.attributes)),
      ...shared,
    },
  };
};

const byId = <Item extends { id: number }>(items: readonly Item[]): Map<number, Item> =>
  new Map(items.map((item) => [item.id, item]));
