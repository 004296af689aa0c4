import type { Recorded, RecordKind } from '@sandgate/contracts';
import type { SqlClient } from '@sandgate/messaging';
import { findPage, type ListPage } from '@sandgate/service-kit';
import { Prisma } from '../generated/prisma/client.js';
import type { NewRecord } from './record.js';

/** The statement that writes records, those that `which` says, also as a part of a larger one. Those that are there already stay as they are. */
export const recordsWritten = (records: readonly NewRecord[], which = Prisma.sql`true`): Prisma.Sql => Prisma.sql`
  insert into record (event_id, kind, at, account_id, actor_id, code, details, before, after)
  select "eventId", kind, coalesce(at, now()), "accountId", "actorId", code, details, nullif(before, 'null'), nullif(after, 'null')
  from jsonb_to_recordset(${JSON.stringify(records)}::jsonb) as entry ("eventId" uuid, kind text, at timestamptz, "accountId" uuid,
    "actorId" uuid, code text, details jsonb, before jsonb, after jsonb)
  where ${which}
  on conflict do nothing`;

export async function writeRecords(tx: SqlClient, records: readonly NewRecord[]): Promise<void> {
  if (records.length > 0) await tx.$executeRaw`${recordsWritten(records)}`;
}

export interface RecordSearch {
  readonly kind?: RecordKind | undefined;
  readonly accountId?: string | undefined;
  readonly actorId?: string | undefined;
  readonly code?: string | undefined;
  readonly from?: string | undefined;
  readonly to?: string | undefined;
  readonly limit: number;
  readonly offset: number;
}

/** A plan knows of no parameter that it is not a sign-in, and the index of kinds has all but these. */
const ofKind = (kind: RecordKind): Prisma.Sql =>
  kind === 'sign-in' ? Prisma.sql`kind = ${kind}` : Prisma.sql`kind = ${kind} and kind <> 'sign-in'`;

/** A page of the records that match, newest first, and how many match. */
export async function findRecordPage(database: SqlClient, wanted: RecordSearch): Promise<ListPage<Recorded>> {
  const conditions = [
    ...(wanted.kind === undefined ? [] : [ofKind(wanted.kind)]),
    ...(wanted.accountId === undefined ? [] : [Prisma.sql`account_id = ${wanted.accountId}::uuid`]),
    ...(wanted.actorId === undefined ? [] : [Prisma.sql`actor_id = ${wanted.actorId}::uuid`]),
    ...(wanted.code === undefined ? [] : [Prisma.sql`code = ${wanted.code}`]),
    ...(wanted.from === undefined ? [] : [Prisma.sql`at >= ${wanted.from}::timestamptz`]),
    ...(wanted.to === undefined ? [] : [Prisma.sql`at < ${wanted.to}::timestamptz`]),
  ];
  const matches = conditions.length === 0 ? Prisma.sql`true` : Prisma.join(conditions, ' and ');
  const { data, total } = await findPage<Omit<Recorded, 'at'> & { at: Date }>(database, {
    page: Prisma.sql`
      select event_id as id, kind, at, account_id as "accountId", actor_id as "actorId", code, details, before, after
      from record where ${matches} order by at desc, event_id desc, kind limit ${wanted.limit}::integer offset ${wanted.offset}::integer`,
    orderBy: Prisma.sql`at desc, id desc, kind`,
    all: Prisma.sql`record where ${matches}`,
  });
  return { data: data.map((row) => ({ ...row, at: row.at.toISOString() })), total };
}
