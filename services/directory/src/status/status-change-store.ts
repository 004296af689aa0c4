import type { AccountStatus } from '@sandgate/contracts';
import type { SqlClient } from '@sandgate/messaging';
import type { AttributeChanges } from '../attributes/decide-admin-attributes.js';

/** A change of status under way, at most one per account. Only its holder may end it. */
export interface StatusChange {
  readonly accountId: string;
  readonly status: AccountStatus;
  /** What the same request changes besides. */
  readonly adminAttributes: AttributeChanges;
  /** The administrator who wants it; null for one that began before this was kept. */
  readonly actorId: string | null;
  readonly traceparent: string;
  readonly holder: string;
}

/** So long a holder has it for itself. */
const heldSeconds = 10;

/** False when the account has one already. */
export async function beginStatusChange(database: SqlClient, change: StatusChange): Promise<boolean> {
  const rows = await database.$executeRaw`
    insert into status_change (account_id, status, admin_attributes, actor_id, traceparent, holder, held_until)
    values (${change.accountId}::uuid, ${change.status}, ${JSON.stringify(change.adminAttributes)}::jsonb, ${change.actorId}::uuid,
      ${change.traceparent},
      ${change.holder}::uuid, now() + make_interval(secs => ${heldSeconds}))
    on conflict (account_id) do nothing`;
  return rows === 1;
}

export async function hasStatusChange(database: SqlClient, accountId: string): Promise<boolean> {
  const rows = await database.$queryRaw<{ found: boolean }[]>`
    select exists (select from status_change where account_id = ${accountId}::uuid) as found`;
  return rows[0]?.found ?? false;
}

/** Makes it lead back to `active` and nothing else. False when another one holds it by now. */
export async function turnBack(database: SqlClient, { accountId, holder }: StatusChange): Promise<boolean> {
  const rows = await database.$executeRaw`
    update status_change set status = 'active', admin_attributes = '{}', held_until = now() + make_interval(secs => ${heldSeconds})
    where account_id = ${accountId}::uuid and holder = ${holder}::uuid`;
  return rows === 1;
}

/** False when another one holds it by now. */
export async function endStatusChange(database: SqlClient, { accountId, holder }: StatusChange): Promise<boolean> {
  return (
    (await database.$executeRaw`delete from status_change where account_id = ${accountId}::uuid and holder = ${holder}::uuid`) ===
    1
  );
}

/** Takes over changes that nobody works on any more. */
export const takeOverStatusChanges = async (
  database: SqlClient,
  holder: string,
  limit: number,
): Promise<StatusChange[]> =>
  database.$queryRaw<StatusChange[]>`
    update status_change set holder = ${holder}::uuid, held_until = now() + make_interval(secs => ${heldSeconds})
    where account_id in (
      select account_id from status_change where held_until < now() order by held_until limit ${limit}::integer for update skip locked)
    returning account_id as "accountId", status, admin_attributes as "adminAttributes", actor_id as "actorId", traceparent, holder`;
