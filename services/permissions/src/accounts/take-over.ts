import type { SqlClient } from '@sandgate/messaging';
import { type AccountState, type ClaimedName, takeOverAccounts } from './account-store.js';

/** How often others may win the race for an account. */
const maxRaces = 10;

/** Applies states of accounts, one per account: only what is newer than what is there, and of each account all of it or nothing. */
export async function takeOver(database: SqlClient, states: readonly AccountState[]): Promise<void> {
  let left = states;
  for (let races = 0; left.length > 0; races += 1) {
    if (races > maxRaces) throw new Error(`${left.length} accounts are changed by others again and again`);
    const raced = new Set(await takeOverAccounts(database, left, left.flatMap(claimedNames)));
    left = left.filter(({ accountId }) => raced.has(accountId));
  }
}

/** A name once for each provider, also where an event repeats it. */
function claimedNames({ accountId, groups }: AccountState): ClaimedName[] {
  const names = groups.flatMap(({ provider, presence, names }) =>
    names.map((name): ClaimedName => ({ accountId, provider, name, presence })),
  );
  return [...new Map(names.map((claimed) => [JSON.stringify([claimed.provider, claimed.name]), claimed])).values()];
}
