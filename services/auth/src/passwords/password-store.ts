import type { Author } from '@sandgate/messaging';
import type { Prisma, PrismaClient } from '../generated/prisma/client.js';
import { announceSettingsChange } from '../settings/announce-settings-change.js';

export interface PasswordChange {
  readonly accountId: string;
  /** The account must still have it. */
  readonly currentHash: string;
  readonly newHash: string;
  /** SHA-256 in hex of the session that stays. */
  readonly sessionHash: string;
}

/** Whatever changes a password or makes a way to it is announced with its author. */
export interface PasswordStore {
  find(accountId: string): Promise<{ readonly email: string; readonly passwordHash: string | null } | undefined>;
  /** Sets another password and ends the other sessions. False when the account has changed. */
  change(change: PasswordChange, by: Author): Promise<boolean>;
  /** Keeps a reset instead of any earlier one, for an account with a password. When it expires; null without a password, undefined without an account. */
  keepReset(
    reset: { readonly accountId: string; readonly tokenHash: string; readonly seconds: number },
    by: Author,
  ): Promise<Date | null | undefined>;
  /** The address of the account that a reset is for; undefined when it is used up, expired or unknown. */
  findReset(tokenHash: string): Promise<string | undefined>;
  /** Uses a reset up, in the name of its account: sets the password and ends all sessions. False when somebody was faster, or it has expired. */
  useReset(reset: { readonly tokenHash: string; readonly passwordHash: string }, traceparent: string): Promise<boolean>;
}

export const createPasswordStore = (database: PrismaClient): PasswordStore => ({
  async find(accountId) {
    const account = await database.account.findUnique({
      where: { id: accountId },
      select: { email: true, passwordHash: true },
    });
    return account ?? undefined;
  },
  change: ({ accountId, currentHash, newHash, sessionHash }, by) =>
    database.$transaction(async (tx) => {
      const changed = await tx.$executeRaw`
        update account set password_hash = ${newHash} where id = ${accountId}::uuid and password_hash = ${currentHash}`;
      // A statement of its own: it sees the session of a sign-in that the update has waited for.
      if (changed === 0) return false;
      const endedSessions = await tx.$executeRaw`
        delete from session where account_id = ${accountId}::uuid and token_hash <> decode(${sessionHash}, 'hex')`;
      await announcePassword(tx, by, { accountId, setBy: 'holder', endedSessions });
      return true;
    }),
  keepReset: ({ accountId, tokenHash, seconds }, by) =>
    database.$transaction(async (tx) => {
      const rows = await tx.$queryRaw<{ expires_at: Date | null }[]>`
        with owner as (
          select id, password_hash from account where id = ${accountId}::uuid
        ), kept as (
          insert into password_reset (account_id, token_hash, expires_at)
          select id, decode(${tokenHash}, 'hex'), now() + make_interval(secs => ${seconds}::float8) from owner where password_hash is not null
          on conflict (account_id) do update set token_hash = excluded.token_hash, expires_at = excluded.expires_at
          returning expires_at
        )
        select expires_at from owner left join kept on true`;
      const expiresAt = rows[0]?.expires_at;
      if (expiresAt)
        await announceSettingsChange(tx, by, {
          what: 'password-link',
          id: accountId,
          accountId,
          before: null,
          after: { expiresAt: expiresAt.toISOString() },
        });
      return expiresAt;
    }),
  async findReset(tokenHash) {
    const rows = await database.$queryRaw<{ email: string }[]>`
      select email from password_reset join account on id = account_id
      where token_hash = decode(${tokenHash}, 'hex') and expires_at > now()`;
    return rows[0]?.email;
  },
  useReset: ({ tokenHash, passwordHash }, traceparent) =>
    database.$transaction(async (tx) => {
      // Deleted first: of two who use it at once the second waits here, and finds it gone.
      const [reset] = await tx.$queryRaw<{ account_id: string }[]>`
        delete from password_reset where token_hash = decode(${tokenHash}, 'hex') and expires_at > now() returning account_id`;
      if (!reset) return false;
      const { account_id: accountId } = reset;
      await tx.$executeRaw`update account set password_hash = ${passwordHash} where id = ${accountId}::uuid`;
      const endedSessions = await tx.$executeRaw`delete from session where account_id = ${accountId}::uuid`;
      await announcePassword(tx, { actorId: accountId, traceparent }, { accountId, setBy: 'link', endedSessions });
      return true;
    }),
});

/** That an account has another password, and how it came by it. */
export const announcePassword = (
  tx: Prisma.TransactionClient,
  by: Author,
  { accountId, ...after }: { accountId: string; setBy: 'link' | 'holder' | 'environment'; endedSessions: number },
): Promise<void> => announceSettingsChange(tx, by, { what: 'password', id: accountId, accountId, before: null, after });
