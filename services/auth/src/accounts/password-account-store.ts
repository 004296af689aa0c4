import { randomUUID } from 'node:crypto';
import type { ErrorCode } from '@sandgate/contracts';
import type { Author } from '@sandgate/messaging';
import { Prisma, type PrismaClient } from '../generated/prisma/client.js';
import { announceSettingsChange } from '../settings/announce-settings-change.js';
import { userLoggedInAnnounced } from './user-logged-in-store.js';

export interface NewPasswordAccount {
  /** Canonical. */
  readonly email: string;
  readonly firstName: string | null;
  readonly lastName: string | null;
  readonly passwordHash: string;
  /** SHA-256 in hex of what the link holds, and how long it is good. */
  readonly tokenHash: string;
  readonly seconds: number;
}

export interface PasswordAccountStore {
  /** Makes the account with its link, and announces it as the first administrator is. A refusal has written nothing. */
  create(
    account: NewPasswordAccount,
    by: Author,
  ): Promise<{ readonly accountId: string; readonly expiresAt: Date } | { readonly refusal: ErrorCode }>;
}

export const createPasswordAccountStore = (database: PrismaClient): PasswordAccountStore => ({
  create: ({ email, firstName, lastName, passwordHash, tokenHash, seconds }, by) =>
    database.$transaction(async (tx) => {
      const accountId = randomUUID();
      const claims = JSON.stringify({ password: { firstName, lastName } });
      const [row] = await tx.$queryRaw<
        { refusal: ErrorCode; expires_at: null }[] | { refusal: null; expires_at: Date }[]
      >`
        with judged as materialized (
          select case
            when not (select enabled from password_sign_in) then 'auth.password_sign_in_disabled'
            -- Closed as to a provider that is not trusted: nobody is there ahead of its owner.
            when exists (select from provider where split_part(${email}, '@', 2) = any (trusted_domains)) then 'auth.domain_of_provider'
          end as refusal
        ), created as (
          insert into account (id, email, password_hash, claims, profile_provider)
          select ${accountId}::uuid, ${email}, ${passwordHash}, ${claims}::jsonb, 'password' from judged where refusal is null
          on conflict (email) do nothing
          returning *
        ), kept as (
          insert into password_reset (account_id, token_hash, expires_at)
          select id, decode(${tokenHash}, 'hex'), now() + make_interval(secs => ${seconds}::float8) from created
          returning expires_at
        ), announced as (
          ${userLoggedInAnnounced(Prisma.sql`created`, by.traceparent)}
        )
        select coalesce(refusal, case when expires_at is null then 'auth.account_exists' end) as refusal, expires_at
        from judged left join kept on true`;
      if (!row || row.refusal !== null) return { refusal: row?.refusal ?? 'auth.account_exists' };
      const { expires_at: expiresAt } = row;
      await announceSettingsChange(tx, by, {
        what: 'account',
        id: accountId,
        accountId,
        before: null,
        after: { signsInBy: 'password', linkExpiresAt: expiresAt.toISOString() },
      });
      return { accountId, expiresAt };
    }),
});
