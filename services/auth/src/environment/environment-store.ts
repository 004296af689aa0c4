import { randomUUID } from 'node:crypto';
import { UserLoggedIn } from '@sandgate/contracts';
import { nextTraceparent } from '@sandgate/messaging';
import { userLoggedInData } from '../accounts/user-logged-in-store.js';
import type { Prisma, PrismaClient } from '../generated/prisma/client.js';
import { changeProvider, type ProviderChange, type StoredProvider } from '../providers/provider-store.js';

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
  /** Reads, decides and writes in one transaction, under the lock of the provider, so that instances take turns. */
  apply(adminEmail: string, decide: EnvironmentDecisions): Promise<void>;
}

export const createEnvironmentStore = (database: PrismaClient): EnvironmentStore => ({
  apply: (adminEmail, decide) =>
    database.$transaction(
      async (tx) => {
        await changeProvider(
          tx,
          { name: 'jwt', by: { actorId: null, traceparent: nextTraceparent() } },
          decide.provider,
        );
        const account = await tx.account.findUnique({ where: { email: adminEmail } });
        await changeAdministrator(
          tx,
          { id: account?.id ?? randomUUID(), email: adminEmail },
          await decide.administrator(account ?? undefined),
        );
      },
      { maxWait: 30_000, timeout: 30_000 },
    ),
});

async function changeAdministrator(
  tx: Prisma.TransactionClient,
  { id, email }: { id: string; email: string },
  change: AdministratorChange,
): Promise<void> {
  if (change.create)
    await tx.account.create({ data: { id, email, firstAdministrator: true, ...fromEnvironment(change.create) } });
  if (change.changePassword) {
    await tx.account.update({ where: { id }, data: fromEnvironment(change.changePassword) });
    await tx.session.deleteMany({ where: { accountId: id } });
  }
  if (change.appoint)
    await tx.account.update({ where: { id }, data: { firstAdministrator: true, claimsVersion: { increment: 1 } } });
  if (change.create || change.appoint) await announce(tx, id);
}

const fromEnvironment = ({ passwordHash }: { readonly passwordHash: string }) => ({
  passwordHash,
  environmentHash: passwordHash,
});

async function announce(tx: Prisma.TransactionClient, id: string): Promise<void> {
  await tx.$executeRaw`
    insert into outbox (id, type, subject, data, traceparent)
    select gen_random_uuid(), ${UserLoggedIn.type}, a.id, ${userLoggedInData}, ${nextTraceparent()} from account a where id = ${id}::uuid`;
}
