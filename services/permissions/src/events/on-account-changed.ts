import { type SqlClient, subscription } from '@sandgate/messaging';
import type { AppliedWait } from '../accounts/await-applied.js';
import { takeOver } from '../accounts/take-over.js';
import type { DecisionMemory } from '../decisions/decision-memory.js';

interface Dependencies {
  readonly applied: AppliedWait;
  readonly memory: Pick<DecisionMemory, 'forget'>;
}

/** Takes over status, attributes and claimed groups, and wakes who waits for them. */
export const onAccountChanged = ({ applied, memory }: Dependencies) =>
  subscription<'permissions.on-account-changed', SqlClient>({
    name: 'permissions.on-account-changed',
    isAtomic: true,
    newestPer: ({ accountId, revision }) => ({ key: accountId, version: revision }),
    handle: (batch, { tx }) =>
      takeOver(
        tx,
        batch.map(({ data }) => data),
      ),
    committed: (batch) => {
      for (const { data } of batch) {
        memory.forget(data.accountId);
        applied.announce(data.accountId, { accountRevision: data.revision, claimsVersion: data.claimsVersion });
      }
    },
  });
