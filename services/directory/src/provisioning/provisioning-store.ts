import { randomUUID } from 'node:crypto';
import { AccountChanged } from '@sandgate/contracts';
import type { OutboxRow, SqlClient } from '@sandgate/messaging';
import { type Account, announcementOf } from '../accounts/account.js';
import { accountColumns } from '../accounts/account-store.js';
import { Prisma } from '../generated/prisma/client.js';
import type { NewRecord } from '../records/record.js';
import { recordsWritten } from '../records/record-store.js';

export interface SignIn {
  readonly id: string;
  /** ISO 8601. */
  readonly signedInAt: string;
}

export interface ProvisionedAccount {
  readonly account: Account;
  /** Null where it has not signed in. */
  readonly signedInAt: string | null;
  readonly traceparent: string;
}

/** The accounts of these ids that exist, and the attributes that are private. */
export async function readForProvisioning(
  database: SqlClient,
  ids: readonly string[],
): Promise<{ known: ReadonlyMap<string, Account>; privateAttributes: ReadonlySet<string> }> {
  const rows = await database.$queryRaw<(Account & { privateAttributes: string[] })[]>`
    select known.*, "privateAttributes"
    from (select coalesce(array_agg(name), '{}') as "privateAttributes" from private_attribute) as private
      left join (select ${accountColumns} from account where id = any(${ids}::uuid[])) as known on true`;
  const known = rows.filter(({ id }) => id !== null);
  return {
    known: new Map(known.map((account) => [account.id, account])),
    privateAttributes: new Set(rows[0]?.privateAttributes),
  };
}

/**
 * In one statement: writes changed accounts with an `AccountChanged` for each, for unchanged ones when they were last seen, and records.
 * `changed` holds each account one revision after the one that was read. Nothing is written of those that somebody else has changed since,
 * their records included; answers their ids, and the announcements of the others.
 */
export async function saveProvisioned(
  database: SqlClient,
  {
    changed,
    unchanged,
    records,
  }: { changed: readonly ProvisionedAccount[]; unchanged: readonly SignIn[]; records: readonly NewRecord[] },
): Promise<{ announced: OutboxRow[]; raced: ReadonlySet<string> }> {
  const entries = changed.map(({ account, signedInAt, traceparent }) => ({
    ...account,
    signedInAt,
    traceparent,
    eventId: randomUUID(),
    event: announcementOf(account),
  }));
  const saved = await database.$queryRaw<{ id: string | null; at: Date }[]>`
    with entry as materialized (
      select * from jsonb_to_recordset(${JSON.stringify(entries)}::jsonb) as entry (
        id uuid, email text, "firstName" text, "lastName" text, revision integer, "claimsVersion" integer, "tokenAttributes" jsonb,
        "claimedGroups" jsonb, "firstAdministrator" boolean, "signedInAt" timestamptz, traceparent text, "eventId" uuid, event jsonb)
    ), sign_in as materialized (
      select * from jsonb_to_recordset(${JSON.stringify(unchanged)}::jsonb) as sign_in (id uuid, "signedInAt" timestamptz)
    ), locked as materialized (
      -- In the order of ids, so that no two instances deadlock.
      select id, revision from account where id = any (array(select id from entry union all select id from sign_in))
      order by id for no key update
    ), changed as (
      update account set email = entry.email, first_name = "firstName", last_name = "lastName", revision = entry.revision,
        claims_version = "claimsVersion", token_attributes = "tokenAttributes", claimed_groups = "claimedGroups",
        first_administrator = "firstAdministrator", last_sign_in_at = greatest(last_sign_in_at, "signedInAt")
      from entry join locked on locked.id = entry.id and locked.revision = entry.revision - 1
      where account.id = entry.id
      returning account.id
    ), created as (
      insert into account (id, email, first_name, last_name, revision, claims_version, token_attributes, claimed_groups,
        first_administrator, last_sign_in_at)
      select id, email, "firstName", "lastName", revision, "claimsVersion", "tokenAttributes", "claimedGroups",
        "firstAdministrator", "signedInAt"
      from entry where revision = 1 order by id
      on conflict (id) do nothing
      returning id
    ), written as materialized (
      select id from changed union all select id from created
    ), raced as materialized (
      select id from entry except select id from written
    ), announced as (
      insert into outbox (id, type, subject, data, traceparent)
      select "eventId", ${AccountChanged.type}, id::text, event, traceparent from written join entry using (id) order by id
    ), seen as (
      update account set last_sign_in_at = "signedInAt" from sign_in join locked using (id)
      where account.id = sign_in.id and (account.last_sign_in_at is null or account.last_sign_in_at < "signedInAt")
    ), recorded as (${recordsWritten(records, Prisma.sql`"accountId" is null or "accountId" not in (select id from raced)`)})
    select raced.id, now() as at from (select) as one left join raced on true`;
  const raced = new Set(saved.flatMap(({ id }) => id ?? []));
  const time = (saved[0]?.at ?? new Date()).toISOString();
  const announced = entries
    .filter(({ id }) => !raced.has(id))
    .map(({ eventId, id, event, traceparent }) => ({
      id: eventId,
      type: AccountChanged.type,
      subject: id,
      data: JSON.stringify(event),
      traceparent,
      time,
    }));
  return { announced, raced };
}
