import type { Group } from '@sandgate/contracts';
import type { SqlClient } from '@sandgate/messaging';
import { findPage, type ListPage } from '@sandgate/service-kit';
import { Prisma } from '../generated/prisma/client.js';

export type GroupRow = Omit<Group, 'members'>;

/** A limit keeps it one look-up for each member: where some groups are large, every group is taken for one, and all accounts would be read for each. */
const whoIsActive = Prisma.sql`cross join lateral (select from account where id = member.account_id and status = 'active' limit 1) as active`;

/**
 * A page of the groups in the order of ids, each with the number of its active members. The members are found through the indexes of
 * what makes them members, so that the cost is that of the groups on the page.
 */
export function findGroupPage(
  database: SqlClient,
  { limit, offset }: { limit: number; offset: number },
): Promise<ListPage<Group>> {
  return findPage<Group>(database, {
    page: Prisma.sql`
      select id, name, kind, case kind
        when 'all-users' then (select count(*)::integer from account where status = 'active')
        else (
          select count(distinct member.account_id)::integer
          from membership_by_source member ${whoIsActive}
          where member.group_id = named.id)
        end as members
      from (select * from "group" order by id limit ${limit}::integer offset ${offset}::integer) as named`,
    orderBy: Prisma.sql`id`,
    all: Prisma.sql`"group"`,
  });
}

/** One group that is not All Users, with the number of its active members. */
export async function findGroup(database: SqlClient, id: number): Promise<Group | undefined> {
  const found = await database.$queryRaw<Group[]>`
    select id, name, kind, (
      select count(distinct member.account_id)::integer
      from membership_by_source member ${whoIsActive}
      where member.group_id = "group".id) as members
    from "group" where id = ${id}::integer`;
  return found[0];
}

export async function findGroups(database: SqlClient, ids: readonly number[]): Promise<ReadonlyMap<number, GroupRow>> {
  const rows = await database.$queryRaw<
    GroupRow[]
  >`select id, name, kind from "group" where id = any(${ids}::integer[])`;
  return new Map(rows.map((group) => [group.id, group]));
}

/** The id of the new group, or undefined when the name is taken. */
export async function insertGroup(tx: SqlClient, name: string): Promise<number | undefined> {
  const rows = await tx.$queryRaw<
    { id: number }[]
  >`insert into "group" (name) values (${name}) on conflict (name) do nothing returning id`;
  return rows[0]?.id;
}

export async function isNameTaken(tx: SqlClient, name: string, exceptId: number): Promise<boolean> {
  const rows = await tx.$queryRaw<
    unknown[]
  >`select id from "group" where name = ${name} and id <> ${exceptId}::integer`;
  return rows.length > 0;
}

export async function updateGroupName(tx: SqlClient, id: number, name: string): Promise<void> {
  await tx.$executeRaw`update "group" set name = ${name} where id = ${id}::integer`;
}

/** The members by hand and the mapped names that go with a group. */
export async function findWhatGoesWith(
  tx: SqlClient,
  id: number,
): Promise<{ manualMembers: number; mappedNames: string[] }> {
  const [found] = await tx.$queryRaw<{ manualMembers: number; mappedNames: string[] }[]>`
    select (select count(*)::integer from membership where group_id = ${id}::integer) as "manualMembers",
      array(select distinct name from group_mapping where group_id = ${id}::integer order by name) as "mappedNames"`;
  if (!found) throw new Error('a select without a table returned no row');
  return found;
}

/** With its memberships, mappings, permissions and sandboxes. */
export async function removeGroup(tx: SqlClient, id: number): Promise<void> {
  await tx.$executeRaw`delete from "group" where id = ${id}::integer`;
}
