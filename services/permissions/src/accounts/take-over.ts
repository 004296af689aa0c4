import type { SqlClient } from '@sandgate/messaging';
import {
  type AccountState,
  type ClaimedName,
  makeAdministrators,
  replaceClaimedGroups,
  takeOverAccounts,
} from './account-store.js';

/** Applies states of accounts, one per account: only what is newer than what is there, and all of it or nothing in the caller's transaction. */
export async function takeOver(tx: SqlClient, states: readonly AccountState[]): Promise<void> {
  const taken = new Set(await takeOverAccounts(tx, states));
  if (taken.size === 0) return;
  const applied = states.filter(({ accountId }) => taken.has(accountId));
  await replaceClaimedGroups(tx, [...taken], applied.flatMap(claimedNames));
  const administrators = applied
    .filter(({ firstAdministrator }) => firstAdministrator)
    .map(({ accountId }) => accountId);
  if (administrators.length > 0) await makeAdministrators(tx, administrators);
}

/** A name once for each provider, also where an event repeats it. */
function claimedNames({ accountId, groups }: AccountState): ClaimedName[] {
  const names = groups.flatMap(({ provider, presence, names }) =>
    names.map((name): ClaimedName => ({ accountId, provider, name, presence })),
  );
  return [...new Map(names.map((claimed) => [JSON.stringify([claimed.provider, claimed.name]), claimed])).values()];
}
