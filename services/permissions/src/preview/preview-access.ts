import type { previewAccess as question } from '@sandgate/contracts';
import { type Database, rolledBack, type SqlClient } from '@sandgate/messaging';
import type { z } from 'zod';
import type { AccountState } from '../accounts/account-store.js';
import { takeOver } from '../accounts/take-over.js';
import { findTableNames } from '../catalogue/catalogue-store.js';
import { type LoadedAccess, loadAccess } from '../decisions/access-store.js';
import { accountDeactivated, type GroupOfAccount } from '../decisions/decide-access.js';
import { decideTables } from '../decisions/decide-tables.js';

type PreviewedAccess = z.input<(typeof question)['output']>;

/** Newer than any revision that an account comes to have. */
const newest = 2 ** 31 - 1;

/**
 * What would follow from an account in this state: the state is taken over and decided on by what does so for an event, and rolled back.
 * Until then, a moment, an event about this very account waits; nobody else does.
 */
export const previewAccess = (database: Database, state: AccountState): Promise<PreviewedAccess> =>
  rolledBack(database, async (tx) => {
    const before = await load(tx, state.accountId, []);
    await takeOver(tx, [{ ...state, revision: newest }]);
    const after = await load(tx, state.accountId);
    const names = await findTableNames(tx);
    const tables = after ? decideTables(after.facts) : [];
    return {
      groupsBefore: membershipsOf(before),
      groupsAfter: membershipsOf(after),
      tables: tables.flatMap(({ tableId, decision }) => {
        const name = names.get(tableId);
        return name ? [{ tableId, ...name, decision: after?.versions.active ? decision : accountDeactivated }] : [];
      }),
    };
  });

async function load(tx: SqlClient, accountId: string, tableIds?: readonly number[]): Promise<LoadedAccess | undefined> {
  const [loaded] = await loadAccess(tx, [{ accountId, tableIds }]);
  return loaded;
}

const membershipsOf = (loaded: LoadedAccess | undefined) =>
  (loaded?.facts.groups ?? []).map(({ id, name, sources }: GroupOfAccount) => ({ id, name, sources: [...sources] }));
