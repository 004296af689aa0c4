import type { AffectedAccount, ChangePreview, Warning } from '@sandgate/contracts';
import { type Database, rolledBack, type SqlClient } from '@sandgate/messaging';
import { findTableIds } from '../catalogue/catalogue-store.js';
import { type LoadedAccess, loadAccess } from '../decisions/access-store.js';
import { raisePolicyRevision } from '../policy/policy-store.js';
import { diffAccess } from './diff-access.js';
import type { Reach } from './reach-store.js';

/** A change of the policy, and how to find whom it can affect. */
export interface PlannedChange {
  /** Asked before it is made. */
  readonly reach: (tx: SqlClient, atMost: number) => Promise<Reach>;
  /** The tables of which it can change what is seen, asked before it is made; all of the catalogue when absent. */
  readonly tableIds?: (tx: SqlClient) => Promise<readonly number[]>;
  /** Makes it, just as it is made when it is meant; answers the sandboxes that have no effect for some then. */
  readonly make: (database: Database) => Promise<readonly Warning[]>;
}

const namedAccounts = 100;
/** So that the lock of the policy is held for a second or two, however many accounts and tables there are. */
const comparedDecisions = 20_000;
const comparedAccounts = { atLeast: 20, atMost: 500 };
const chunk = 50;

/**
 * Makes a change under the lock of the policy, compares what accounts see before and after, and rolls it back. Throws what the change
 * throws. Accounts are all counted; as many as can be compared in a moment are compared.
 */
export const previewChange = (database: Database, { reach, tableIds, make }: PlannedChange): Promise<ChangePreview> =>
  rolledBack(database, async (tx) => {
    await raisePolicyRevision(tx);
    const ids = await (tableIds ?? findTableIds)(tx);
    const reached = await reach(tx, comparableAccounts(ids.length));
    const before = await loadAll(tx, reached.accountIds, ids);
    const warnings = await make(within(tx));
    const after = await loadAll(tx, reached.accountIds, ids);
    const affected = reached.accountIds
      .map((accountId, index) => diffLoaded(accountId, before[index], after[index]))
      .filter((account) => account !== undefined);
    return {
      dryRun: true,
      reached: reached.total,
      compared: reached.accountIds.length,
      affected: affected.length,
      accounts: affected.slice(0, namedAccounts),
      warnings: [...warnings],
    };
  });

const comparableAccounts = (tables: number): number =>
  Math.min(
    comparedAccounts.atMost,
    Math.max(comparedAccounts.atLeast, Math.floor(comparedDecisions / Math.max(1, tables))),
  );

async function loadAll(
  tx: SqlClient,
  accountIds: readonly string[],
  tableIds: readonly number[],
): Promise<(LoadedAccess | undefined)[]> {
  const loaded: (LoadedAccess | undefined)[] = [];
  for (let at = 0; at < accountIds.length; at += chunk) {
    const wanted = accountIds.slice(at, at + chunk).map((accountId) => ({ accountId, tableIds }));
    loaded.push(...(await loadAccess(tx, wanted)));
  }
  return loaded;
}

const diffLoaded = (
  accountId: string,
  before: LoadedAccess | undefined,
  after: LoadedAccess | undefined,
): AffectedAccount | undefined => before && after && diffAccess(accountId, before.facts, after.facts);

/** The transaction as a database, for a change that begins one of its own: what it commits is still rolled back. */
const within = (tx: SqlClient): Database => ({
  $queryRaw: (query, ...values) => tx.$queryRaw(query, ...values),
  $executeRaw: (query, ...values) => tx.$executeRaw(query, ...values),
  $transaction: (work) => work(tx),
  $disconnect: async () => undefined,
});
