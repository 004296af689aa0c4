import type { Author } from '@sandgate/messaging';
import type { Prisma, PrismaClient } from '../generated/prisma/client.js';
import { lockProviders } from '../providers/provider-revision-store.js';
import { isLasting } from '../providers/provider-store.js';
import { announceSettingsChange } from '../settings/announce-settings-change.js';

/** A change is announced with its author. */
export interface PasswordSignInStore {
  isEnabled(): Promise<boolean>;
  enable(by: Author): Promise<void>;
  /** False, and nothing changed, unless one of these accounts is active and has signed in through a provider that is a lasting way in. */
  disableBeside(administratorIds: readonly string[], by: Author): Promise<boolean>;
}

export const createPasswordSignInStore = (database: PrismaClient): PasswordSignInStore => ({
  async isEnabled() {
    const rows = await database.$queryRaw<{ enabled: boolean }[]>`select enabled from password_sign_in`;
    return rows[0]?.enabled ?? false;
  },
  enable: (by) => database.$transaction((tx) => passwordSignInWithin(tx).enable(by)),
  disableBeside: (...given) => database.$transaction((tx) => passwordSignInWithin(tx).disableBeside(...given)),
});

/** What changes it, within a transaction of the caller. */
export const passwordSignInWithin = (
  tx: Prisma.TransactionClient,
): Pick<PasswordSignInStore, 'enable' | 'disableBeside'> => ({
  enable: (by) => set(tx, { enabled: true, by }),
  async disableBeside(administratorIds, by) {
    // In turn with whoever changes providers, so that neither takes away what the other counts on.
    await lockProviders(tx);
    const [{ beside } = { beside: false }] = await tx.$queryRaw<{ beside: boolean }[]>`
      select exists (
        select from identity
          join account on account.id = identity.account_id and account.status = 'active'
          join provider on provider.name = identity.provider and ${isLasting}
        where identity.account_id = any (${administratorIds}::uuid[])) as beside`;
    if (beside) await set(tx, { enabled: false, by });
    return beside;
  },
});

async function set(
  tx: Prisma.TransactionClient,
  { enabled, by }: { readonly enabled: boolean; readonly by: Author },
): Promise<void> {
  const changed = await tx.$executeRaw`update password_sign_in set enabled = ${enabled} where enabled <> ${enabled}`;
  if (changed === 0) return;
  const sides = { before: { enabled: !enabled }, after: { enabled } };
  await announceSettingsChange(tx, by, { what: 'password-sign-in', id: 'password-sign-in', ...sides });
}
