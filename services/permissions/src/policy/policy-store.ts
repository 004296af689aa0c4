import type { Database, SqlClient } from '@sandgate/messaging';

/**
 * Runs a change of groups, mappings, data permissions or sandboxes in a transaction that raises the policy revision with it. One such
 * change runs at a time, over all instances, so that what it has checked stays true until it commits.
 */
export const changePolicy = <T>(database: Database, change: (tx: SqlClient) => Promise<T>): Promise<T> =>
  database.$transaction(async (tx) => {
    await raisePolicyRevision(tx);
    return change(tx);
  });

/** Runs something that is no change of the policy, but must not happen beside one. */
export const besidePolicy = <T>(database: Database, work: (tx: SqlClient) => Promise<T>): Promise<T> =>
  database.$transaction(async (tx) => {
    await tx.$queryRaw`select id from policy for update`;
    return work(tx);
  });

/** Takes the lock of the policy until the end of the transaction. */
export const raisePolicyRevision = async (tx: SqlClient): Promise<void> => {
  await tx.$executeRaw`update policy set revision = revision + 1`;
};
