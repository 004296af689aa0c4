import { randomUUID } from 'node:crypto';
import { type Author, nextTraceparent } from '@sandgate/messaging';
import { userLoggedInAnnounced } from '../accounts/user-logged-in-store.js';
import { Prisma, type PrismaClient } from '../generated/prisma/client.js';
import { announcePassword } from '../passwords/password-store.js';
import { changeProvider, type ProviderChange, type StoredProvider } from '../providers/provider-store.js';
import { announceSettingsChange } from '../settings/announce-settings-change.js';

export interface StoredAdministrator {
  readonly id: string;
  readonly passwordHash: string | null;
  /** The one that the environment last set. */
  readonly environmentHash: string | null;
  readonly firstAdministrator: boolean;
}

export interface AdministratorChange {
  readonly create?: { readonly passwordHash: string };
  /** Also ends the sessions that the earlier password opened. */
  readonly changePassword?: { readonly passwordHash: string };
  readonly appoint?: boolean;
}

export interface EnvironmentDecisions {
  provider(provider: StoredProvider): ProviderChange;
  administrator(account: StoredAdministrator | undefined): Promise<AdministratorChange>;
}

export interface EnvironmentStore {
  /** Reads, decides, writes and announces in one transaction, under the lock of the provider, so that instances take turns. */
  apply(adminEmail: string, decide: EnvironmentDecisions): Promise<void>;
}

export const createEnvironmentStore = (database: PrismaClient): EnvironmentStore => ({
  apply: (adminEmail, decide) =>
    database.$transaction(
      async (tx) => {
        const by = { actorId: null, traceparent: nextTraceparent() };
        await changeProvider(tx, { name: 'jwt', by }, decide.provider);
        const account = await tx.account.findUnique({ where: { email: adminEmail } });
        await changeAdministrator(
          tx,
          { id: account?.id ?? randomUUID(), email: adminEmail },
          await decide.administrator(account ?? undefined),
          by,
        );
      },
      { maxWait: 30_000, timeout: 30_000 },
    ),
});

async function changeAdministrator(
  tx: Prisma.TransactionClient,
  { id, email }: { id: string; email: string },
  change: AdministratorChange,
  by: Author,
): Promise<void> {
  const after = { firstAdministrator: true };
  const about = { what: 'account', id, accountId: id };
  if (change.create) {
    await tx.account.create({ data: { id, email, firstAdministrator: true, ...fromEnvironment(change.create) } });
    await announceSettingsChange(tx, by, { ...about, before: null, after: { signsInBy: 'password', ...after } });
  }
  if (change.changePassword) {
    await tx.account.update({ where: { id }, data: fromEnvironment(change.changePassword) });
    const { count: endedSessions } = await tx.session.deleteMany({ where: { accountId: id } });
    await announcePassword(tx, by, { accountId: id, setBy: 'environment', endedSessions });
  }
  if (change.appoint) {
    await tx.account.update({ where: { id }, data: { firstAdministrator: true, claimsVersion: { increment: 1 } } });
    await announceSettingsChange(tx, by, { ...about, before: { firstAdministrator: false }, after });
  }
  if (change.create || change.appoint)
    await tx.$executeRaw`${userLoggedInAnnounced(Prisma.sql`(select * from account where id = ${id}::uuid)`, by.traceparent)}`;
}

const fromEnvironment = ({ passwordHash }: { readonly passwordHash: string }) => ({
  passwordHash,
  environmentHash: passwordHash,
});
