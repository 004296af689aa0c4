import type { RowRule, Sandbox } from '@sandgate/contracts';
import type { SqlClient } from '@sandgate/messaging';
import { findPage, type ListPage } from '@sandgate/service-kit';
import { Prisma } from '../generated/prisma/client.js';

export interface SandboxFilter {
  readonly groupId?: number | undefined;
  readonly tableId?: number | undefined;
  readonly limit: number;
  readonly offset: number;
}

export function findSandboxPage(
  database: SqlClient,
  { groupId, tableId, limit, offset }: SandboxFilter,
): Promise<ListPage<Sandbox>> {
  const conditions = [
    Prisma.sql`access = 'sandboxed'`,
    ...(groupId === undefined ? [] : [Prisma.sql`group_id = ${groupId}::integer`]),
    ...(tableId === undefined ? [] : [Prisma.sql`table_id = ${tableId}::integer`]),
  ];
  const matches = Prisma.join(conditions, ' and ');
  return findPage<Sandbox>(database, {
    page: Prisma.sql`
      select id, group_id as "groupId", table_id as "tableId", rule from data_permission
      where ${matches} order by id limit ${limit}::integer offset ${offset}::integer`,
    orderBy: Prisma.sql`id`,
    all: Prisma.sql`data_permission where ${matches}`,
  });
}

export async function findSandbox(database: SqlClient, id: number): Promise<Sandbox | undefined> {
  const found = await database.$queryRaw<Sandbox[]>`
    select id, group_id as "groupId", table_id as "tableId", rule from data_permission where access = 'sandboxed' and id = ${id}::integer`;
  return found[0];
}

export async function hasSandbox(
  database: SqlClient,
  { groupId, tableId }: { groupId: number; tableId: number },
): Promise<boolean> {
  const found = await database.$queryRaw<unknown[]>`
    select id from data_permission where access = 'sandboxed' and group_id = ${groupId}::integer and table_id = ${tableId}::integer`;
  return found.length > 0;
}

export interface NewSandbox {
  readonly groupId: number;
  readonly tableId: number;
  readonly databaseId: number;
  readonly schemaName: string;
  readonly rule: RowRule;
}

/** Puts a sandbox in the place of the table's entry, as a new row: an id means one sandbox for ever. Returns it. */
export async function insertSandbox(
  tx: SqlClient,
  { groupId, tableId, databaseId, schemaName, rule }: NewSandbox,
): Promise<number> {
  await tx.$executeRaw`delete from data_permission where group_id = ${groupId}::integer and table_id = ${tableId}::integer`;
  const [inserted] = await tx.$queryRaw<{ id: number }[]>`
    insert into data_permission (group_id, database_id, schema_name, table_id, access, rule)
    values (${groupId}::integer, ${databaseId}::integer, ${schemaName}, ${tableId}::integer, 'sandboxed', ${JSON.stringify(rule)}::jsonb)
    returning id`;
  if (!inserted) throw new Error('an insert returned no row');
  return inserted.id;
}

export async function updateRule(tx: SqlClient, id: number, rule: RowRule): Promise<void> {
  await tx.$executeRaw`update data_permission set rule = ${JSON.stringify(rule)}::jsonb where id = ${id}::integer and access = 'sandboxed'`;
}

/** Puts `none` in the place of a sandbox. */
export async function replaceSandboxByNone(tx: SqlClient, id: number): Promise<void> {
  await tx.$executeRaw`update data_permission set access = 'none', rule = null where id = ${id}::integer and access = 'sandboxed'`;
}
