import type { AccountStatus } from '@sandgate/contracts';
import type { PrismaClient } from '../generated/prisma/client.js';

export interface AccountStore {
  /** The account of a canonical address, if it signs in with a password. */
  findWithPassword(email: string): Promise<{ accountId: string; passwordHash: string } | undefined>;
  /** Sets the status, and ends all sessions when it is not active. False when there is no such account. */
  setStatus(accountId: string, status: AccountStatus): Promise<boolean>;
}

export const createAccountStore = (database: PrismaClient): AccountStore => ({
  async findWithPassword(email) {
    const account = await database.account.findUnique({ where: { email } });
    return account?.passwordHash ? { accountId: account.id, passwordHash: account.passwordHash } : undefined;
  },
  setStatus: (accountId, status) =>
    database.$transaction(async (tx) => {
      const changed = await tx.$executeRaw`update account set status = ${status} where id = ${accountId}::uuid`;
      // A statement of its own: it sees the session of a sign-in that the update has waited for.
      if (status === 'deactivated') await tx.$executeRaw`delete from session where account_id = ${accountId}::uuid`;
      return changed === 1;
    }),
});
