import type { SqlClient } from './sql-client.js';

export interface OutboxRow {
  readonly id: string;
  readonly type: string;
  readonly subject: string;
  /** JSON text. */
  readonly data: string;
  readonly traceparent: string;
  /** When the event was written, ISO 8601 in UTC. */
  readonly time: string;
}

export interface RowsToClaim {
  readonly limit: number;
  /** Younger ones may be on their way from the memory of the process that wrote them. */
  readonly olderThanMs: number;
  /** Those that are on their way in this process. */
  readonly except: readonly string[];
}

/** Locks the oldest rows that no other relay holds, until the end of the transaction. */
export const claimOutboxRows = async (
  tx: SqlClient,
  { limit, olderThanMs, except }: RowsToClaim,
): Promise<OutboxRow[]> =>
  tx.$queryRaw<OutboxRow[]>`
    select id::text, type, subject, data::text, traceparent,
      to_char(created_at at time zone 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.MS"Z"') as time
    from outbox
    where created_at <= now() - make_interval(secs => ${olderThanMs / 1000}::float8) and id <> all (${except}::uuid[])
    order by sequence limit ${limit}::int for update skip locked`;

export async function deleteOutboxRows(tx: SqlClient, ids: readonly string[]): Promise<void> {
  if (ids.length > 0) await tx.$executeRaw`delete from outbox where id = any(${ids}::uuid[])`;
}

export async function hasOutboxRows(database: SqlClient, olderThanMs: number): Promise<boolean> {
  const rows = await database.$queryRaw<{ waiting: boolean }[]>`
    select exists (
      select from outbox where created_at <= now() - make_interval(secs => ${olderThanMs / 1000}::float8)) as waiting`;
  return rows[0]?.waiting ?? false;
}

export async function measureOutbox(database: SqlClient): Promise<{ rows: number; oldestSeconds: number }> {
  const measured = await database.$queryRaw<{ rows: number; oldest_seconds: number }[]>`
    select count(*)::int as rows, coalesce(extract(epoch from now() - min(created_at)), 0)::float8 as oldest_seconds from outbox`;
  return { rows: measured[0]?.rows ?? 0, oldestSeconds: measured[0]?.oldest_seconds ?? 0 };
}
