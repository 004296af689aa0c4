import type { DeadLetter } from '@sandgate/contracts';
import type { SqlClient } from '../sql-client.js';
import type { OutgoingEvent } from '../transport.js';

/** A row of `messaging.deliveries`: one event for one queue. */
export interface ClaimedDelivery {
  readonly sequence: string;
  readonly eventId: string;
  readonly body: string;
  /** Failed attempts. */
  readonly attempts: number;
  /** How often it was handed out since an outcome was recorded, this time included. */
  readonly handedOut: number;
}

/** Writes one row per queue, in the caller's transaction. */
export async function insertDeliveries(
  tx: SqlClient,
  deliveries: readonly { queue: string; event: OutgoingEvent }[],
): Promise<void> {
  if (deliveries.length === 0) return;
  const rows = deliveries.map(({ queue, event }) => ({ queue, ...event }));
  await tx.$executeRaw`
    insert into messaging.deliveries (queue, event_id, type, subject, body)
    select queue, id, type, subject, body
    from rows from (jsonb_to_recordset(${JSON.stringify(rows)}::jsonb) as (queue text, id uuid, type text, subject text, body text))
      with ordinality as delivery (queue, id, type, subject, body, n)
    order by n`;
}

export interface Claim {
  readonly queue: string;
  /** Marks the rows as this claim's. */
  readonly claim: string;
  readonly limit: number;
  readonly leaseMs: number;
}

/**
 * Hands out the oldest rows that are due and not in another's hand, and records that, before anything is done with them. A row that was handed
 * out before, without an outcome, may have killed its consumer: it comes alone.
 */
export async function claimDeliveries(
  database: SqlClient,
  { queue, claim, limit, leaseMs }: Claim,
): Promise<ClaimedDelivery[]> {
  const claimed = await database.$queryRaw<ClaimedDelivery[]>`
    with due as materialized (
      select sequence, handed_out from messaging.deliveries
      where queue = ${queue} and died_at is null and due_at <= now()
      order by sequence limit ${limit}::int for update skip locked
    ), taken as (
      select sequence from (
        select sequence, row_number() over (order by sequence) as place, sum(handed_out) over (order by sequence) as suspects from due
      ) as placed
      where suspects = 0 or place = 1
    )
    update messaging.deliveries as delivery
    set handed_out = handed_out + 1, claim = ${claim}::uuid, due_at = now() + make_interval(secs => ${leaseMs / 1_000}::float8)
    from taken where delivery.sequence = taken.sequence
    returning delivery.sequence::text, event_id::text as "eventId", body, attempts, handed_out as "handedOut"`;
  return claimed.sort((a, b) => (BigInt(a.sequence) < BigInt(b.sequence) ? -1 : 1));
}

/** Keeps what is in hand from being handed out to another. */
export async function renewClaim(database: SqlClient, claim: string, leaseMs: number): Promise<void> {
  await database.$executeRaw`
    update messaging.deliveries set due_at = now() + make_interval(secs => ${leaseMs / 1_000}::float8)
    where claim = ${claim}::uuid and died_at is null`;
}

/** Also of rows that another has claimed by now: they have been dealt with. */
export async function deleteDeliveries(database: SqlClient, sequences: readonly string[]): Promise<void> {
  if (sequences.length > 0)
    await database.$executeRaw`delete from messaging.deliveries where sequence = any(${sequences}::bigint[])`;
}

export interface Postponement {
  readonly sequence: string;
  readonly claim: string;
  readonly attempts: number;
  readonly delayMs: number;
}

export async function postponeDelivery(
  database: SqlClient,
  { sequence, claim, attempts, delayMs }: Postponement,
): Promise<void> {
  await database.$executeRaw`
    update messaging.deliveries
    set attempts = ${attempts}::int, handed_out = 0, claim = null, due_at = now() + make_interval(secs => ${delayMs / 1_000}::float8)
    where sequence = ${sequence}::bigint and claim = ${claim}::uuid`;
}

export interface Death {
  readonly sequence: string;
  readonly claim: string;
  readonly attempts: number;
  readonly code: string;
  readonly reason: string;
}

export async function buryDelivery(
  database: SqlClient,
  { sequence, claim, attempts, code, reason }: Death,
): Promise<void> {
  await database.$executeRaw`
    update messaging.deliveries
    set attempts = ${attempts}::int, claim = null, died_at = now(), code = ${code}, reason = ${reason}
    where sequence = ${sequence}::bigint and claim = ${claim}::uuid`;
}

export async function countDead(database: SqlClient, queue: string): Promise<number> {
  const [row] = await database.$queryRaw<{ count: number }[]>`
    select count(*)::int as count from messaging.deliveries where queue = ${queue} and died_at is not null`;
  return row?.count ?? 0;
}

export const listDead = async (database: SqlClient, queue: string, limit: number): Promise<DeadLetter[]> =>
  database.$queryRaw<DeadLetter[]>`
    select event_id::text as id, queue as consumer, type, subject, code, reason, attempts,
      to_char(died_at at time zone 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.MS"Z"') as "diedAt"
    from messaging.deliveries where queue = ${queue} and died_at is not null
    order by died_at, sequence limit ${limit}::int`;

export async function reviveDead(
  database: SqlClient,
  queue: string,
  ids: readonly string[] | undefined,
): Promise<number> {
  return database.$executeRaw`
    update messaging.deliveries
    set attempts = 0, handed_out = 0, claim = null, due_at = now(), died_at = null, code = null, reason = null
    where queue = ${queue} and died_at is not null and (${ids === undefined} or event_id::text = any(${ids ?? []}::text[]))`;
}

/** Throws when the table is missing or may not be read. */
export async function checkTable(database: SqlClient): Promise<void> {
  await database.$queryRaw`select from messaging.deliveries limit 0`;
}
