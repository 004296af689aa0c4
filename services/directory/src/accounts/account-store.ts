import { AccountChanged, type AccountStatus } from '@sandgate/contracts';
import type { Outbox, SqlClient } from '@sandgate/messaging';
import { findPage, type ListPage } from '@sandgate/service-kit';
import { Prisma } from '../generated/prisma/client.js';
import { type Account, announcementOf, type DatedAccount } from './account.js';
import { containing } from './like-pattern.js';

/** What makes an account, under the names that it has in code. */
export const accountColumns = Prisma.sql`id, email, first_name as "firstName", last_name as "lastName", status, revision, claims_version as "claimsVersion",
  token_attributes as "tokenAttributes", admin_attributes as "adminAttributes", claimed_groups as "claimedGroups",
  first_administrator as "firstAdministrator", created_at as "createdAt", last_sign_in_at as "lastSignInAt"`;

export async function findAccounts(
  database: SqlClient,
  ids: readonly string[],
): Promise<ReadonlyMap<string, DatedAccount>> {
  const found = await database.$queryRaw<
    DatedAccount[]
  >`select ${accountColumns} from account where id = any(${ids}::uuid[])`;
  return new Map(found.map((account) => [account.id, account]));
}

/** The account, locked until the end of the transaction. */
export async function lockAccount(tx: SqlClient, id: string): Promise<DatedAccount | undefined> {
  const found = await tx.$queryRaw<
    DatedAccount[]
  >`select ${accountColumns} from account where id = ${id}::uuid for no key update`;
  return found[0];
}

/** At most `limit` accounts in the order of ids, those after `id`; no account has the id of zeros, which comes before all. */
export const findAccountsAfter = async (database: SqlClient, id: string, limit: number): Promise<DatedAccount[]> =>
  database.$queryRaw<
    DatedAccount[]
  >`select ${accountColumns} from account where id > ${id}::uuid order by id limit ${limit}::integer`;

export interface AccountSearch {
  /** Part of an e-mail or a name, in any case. */
  readonly search?: string | undefined;
  readonly status?: AccountStatus | undefined;
  readonly limit: number;
  readonly offset: number;
}

/**
 * A page of the accounts that match, by e-mail, and how many match. Only an index that holds all that is searched is read for that, and the
 * accounts of the page.
 */
export function findAccountPage(database: SqlClient, wanted: AccountSearch): Promise<ListPage<DatedAccount>> {
  const conditions = [
    ...(wanted.status === undefined ? [] : [Prisma.sql`status = ${wanted.status}`]),
    ...(wanted.search === undefined ? [] : [contains(wanted.search)]),
  ];
  const matches = conditions.length === 0 ? Prisma.sql`true` : Prisma.join(conditions, ' and ');
  return findPage<DatedAccount>(database, {
    page: Prisma.sql`
      select ${accountColumns}
      from (select id as listed from account where ${matches} order by email, id limit ${wanted.limit}::integer offset ${wanted.offset}::integer) as page
      cross join lateral (select * from account where id = listed limit 1) as account`,
    orderBy: Prisma.sql`email, id`,
    all: Prisma.sql`account where ${matches}`,
  });
}

/** Folding case here finds people; it never tells whether two accounts are one. */
function contains(text: string): Prisma.Sql {
  const pattern = containing(text);
  return Prisma.sql`(lower(email) like lower(${pattern}) or lower(concat_ws(' ', first_name, last_name)) like lower(${pattern}))`;
}

/** Writes what an administrator may change of a locked account, as its next revision, and announces it. */
export async function saveNextRevision(
  tx: SqlClient,
  outbox: Outbox,
  account: Account,
  traceparent: string,
): Promise<void> {
  await tx.$executeRaw`
    update account set status = ${account.status}, admin_attributes = ${JSON.stringify(account.adminAttributes)}::jsonb, revision = ${account.revision}::integer
    where id = ${account.id}::uuid`;
  await outbox.add(tx, AccountChanged, [{ subject: account.id, data: announcementOf(account) }], traceparent);
}
