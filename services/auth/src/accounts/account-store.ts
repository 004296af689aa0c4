import type { AccountStatus } from '@sandgate/contracts';
import type { PrismaClient } from '../generated/prisma/client.js';

export interface AccountStore {
  /** Whether passwords are taken at all, and the account of a canonical address, if it signs in with one. */
  findWithPassword(email: string | undefined): Promise<{
    readonly takesPasswords: boolean;
    readonly account: { readonly accountId: string; readonly passwordHash: string } | undefined;
  }>;
  /** Sets the status, and ends all sessions when it is not active. False when there is no such account. */
  setStatus(accountId: string, status: AccountStatus): Promise<boolean>;
}

export const createAccountStore = (database: PrismaClient): AccountStore => ({
  async findWithPassword(email) {
    const rows = await database.$queryRaw<{ enabled: boolean; id: string | null; password_hash: string | null }[]>`
      select enabled, id, password_hash from password_sign_in left join account on email = ${email ?? null}`;
    const { enabled = false, id = null, password_hash: passwordHash = null } = rows[0] ?? {};
    return { takesPasswords: enabled, account: id && passwordHash ? { accountId: id, passwordHash } : undefined };
  },
  setStatus: (accountId, status) =>
    database.$transaction(async (tx) => {
      const changed = await tx.$executeRaw`update account set status = ${status} where id = ${accountId}::uuid`;
      // A statement of its own: it sees the session of a sign-in that the update has waited for.
      if (status === 'deactivated') await tx.$executeRaw`delete from session where account_id = ${accountId}::uuid`;
      return changed === 1;
    }),
});
