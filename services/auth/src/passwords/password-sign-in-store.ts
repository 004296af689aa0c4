import type { PrismaClient } from '../generated/prisma/client.js';
import { lockProviders } from '../providers/provider-revision-store.js';

export interface PasswordSignInStore {
  isEnabled(): Promise<boolean>;
  enable(): Promise<void>;
  /** False, and nothing changed, unless one of these accounts is active and has signed in through a provider that is enabled. */
  disableBeside(administratorIds: readonly string[]): Promise<boolean>;
}

export const createPasswordSignInStore = (database: PrismaClient): PasswordSignInStore => ({
  async isEnabled() {
    const rows = await database.$queryRaw<{ enabled: boolean }[]>`select enabled from password_sign_in`;
    return rows[0]?.enabled ?? false;
  },
  async enable() {
    await database.$executeRaw`update password_sign_in set enabled = true`;
  },
  disableBeside: (administratorIds) =>
    database.$transaction(async (tx) => {
      // In turn with whoever changes providers, so that neither takes away what the other counts on.
      await lockProviders(tx);
      const disabled = await tx.$executeRaw`
        update password_sign_in set enabled = false
        where exists (
          select from identity
            join account on account.id = identity.account_id and account.status = 'active'
            join provider on provider.name = identity.provider and provider.enabled
          where identity.account_id = any (${administratorIds}::uuid[]))`;
      return disabled === 1;
    }),
});
