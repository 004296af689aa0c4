import { awaitAccountRevision } from '@sandgate/contracts';
import type { Database } from '@sandgate/messaging';
import { type Answer, answer } from '@sandgate/service-kit';
import type { AppliedWait } from '../accounts/await-applied.js';
import { readVersions } from '../decisions/access-store.js';

export const answerAwaitAccountRevision = (database: Database, applied: AppliedWait): Answer =>
  answer(awaitAccountRevision, async ({ accountId, revision }) => {
    const [versions] = await readVersions(database, [accountId]);
    if (versions && versions.accountRevision >= revision) return { applied: true };
    return { applied: await applied.until(accountId, (progress) => progress.accountRevision >= revision) };
  });
