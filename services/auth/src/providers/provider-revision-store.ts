import type { Prisma } from '../generated/prisma/client.js';

/** Whoever changes providers takes turns with all others who do. */
export const lockProviders = (tx: Prisma.TransactionClient): Promise<unknown> =>
  tx.$queryRaw`select from provider_revision for update`;

/** Under the lock, for whatever a sign-in must not be decided by any more. */
export const raiseProviderRevision = (tx: Prisma.TransactionClient): Promise<unknown> =>
  tx.providerRevision.updateMany({ data: { revision: { increment: 1 } } });
