import { randomUUID } from 'node:crypto';
import { AccountChanged } from '@sandgate/contracts';
import type { OutboxRow, SqlClient } from '@sandgate/messaging';
import { type Account, announcementOf } from '../accounts/account.js';
import { accountColumns } from '../accounts/account-store.js';
import type { NewRecord } from '../records/record.js';
import { recordsWritten } from '../records/record-store.js';

export interface SignIn {
  readonly id: string;
  /** ISO 8601. */
  readonly signedInAt: string;
}

export interface ProvisionedAccount {
  readonly account: Account;
  readonly signedInAt: string;
  readonly traceparent: string;
}

/**
 * The accounts of these ids that exist, locked until the end of the transaction; in the order of ids, so that no two instances deadlock. And
 * the attributes that are private.
 */
export async function lockForProvisioning(
  tx: SqlClient,
  ids: readonly string[],
): Promise<{ known: ReadonlyMap<string, Account>; privateAttributes: ReadonlySet<string> }> {
  const rows = await tx.$queryRaw<(Account & { privateAttributes: string[] })[]>`
    with locked as materialized (
      select ${accountColumns} from account where id = any(${ids}::uuid[]) order by id for no key update
    )
    select locked.*, "privateAttributes"
    from (select coalesce(array_agg(name), '{}') as "privateAttributes" from private_attribute) as private left join locked on true`;
  const known = rows.filter(({ id }) => id !== null);
  return {
    known: new Map(known.map((account) => [account.id, account])),
    privateAttributes: new Set(rows[0]?.privateAttributes),
  };
}

/**
 * Writes changed accounts with an `AccountChanged` for each, for unchanged ones when they were last seen, and records. `changed` holds each account
 * one revision after the one that was locked; answers the announcements. Throws when another instance made one of them in between; a repeat
 * finds and locks it.
 */
export async function saveProvisioned(
  tx: SqlClient,
  {
    changed,
    unchanged,
    records,
  }: { changed: readonly ProvisionedAccount[]; unchanged: readonly SignIn[]; records: readonly NewRecord[] },
): Promise<OutboxRow[]> {
  const entries = changed.map(({ account, signedInAt, traceparent }) => ({
    ...account,
    signedInAt,
    traceparent,
    eventId: randomUUID(),
    event: announcementOf(account),
  }));
  const [saved] = await tx.$queryRaw<{ count: number; at: Date }[]>`
    with entry as (
      select * from jsonb_to_recordset(${JSON.stringify(entries)}::jsonb) as entry (
        id uuid, email text, "firstName" text, "lastName" text, revision integer, "claimsVersion" integer, "tokenAttributes" jsonb,
        "claimedGroups" jsonb, "firstAdministrator" boolean, "signedInAt" timestamptz, traceparent text, "eventId" uuid, event jsonb)
    ), written as (
      insert into account as stored (id, email, first_name, last_name, revision, claims_version, token_attributes, claimed_groups,
        first_administrator, last_sign_in_at)
      select id, email, "firstName", "lastName", revision, "claimsVersion", "tokenAttributes", "claimedGroups",
        "firstAdministrator", "signedInAt"
      from entry order by id
      on conflict (id) do update set
        email = excluded.email, first_name = excluded.first_name, last_name = excluded.last_name, revision = excluded.revision,
        claims_version = excluded.claims_version, token_attributes = excluded.token_attributes, claimed_groups = excluded.claimed_groups,
        first_administrator = excluded.first_administrator,
        last_sign_in_at = greatest(stored.last_sign_in_at, excluded.last_sign_in_at)
      where stored.claims_version < excluded.claims_version and stored.revision = excluded.revision - 1
      returning stored.id
    ), announced as (
      insert into outbox (id, type, subject, data, traceparent)
      select "eventId", ${AccountChanged.type}, id::text, event, traceparent from written join entry using (id) order by id
    ), seen as (
      update account set last_sign_in_at = sign_in."signedInAt"
      from jsonb_to_recordset(${JSON.stringify(unchanged)}::jsonb) as sign_in (id uuid, "signedInAt" timestamptz)
      where account.id = sign_in.id and (account.last_sign_in_at is null or account.last_sign_in_at < sign_in."signedInAt")
    ), recorded as (${recordsWritten(records)})
    select count(*)::integer as count, now() as at from written`;
  if (saved?.count !== changed.length)
    throw new Error(
      `${changed.length - (saved?.count ?? 0)} accounts were made by another instance at the same moment`,
    );
  const time = saved.at.toISOString();
  return entries.map(({ eventId, id, event, traceparent }) => ({
    id: eventId,
    type: AccountChanged.type,
    subject: id,
    data: JSON.stringify(event),
    traceparent,
    time,
  }));
}
