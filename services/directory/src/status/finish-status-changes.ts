import { randomUUID } from 'node:crypto';
import type { Database } from '@sandgate/messaging';
import type { Job } from '@sandgate/service-kit';
import type { StatusChanger } from './change-status.js';
import { takeOverStatusChanges } from './status-change-store.js';

/** What a crash or a time-out left behind, a few at a time, so that all are done before their holder's time is over. */
const takenAtOnce = 10;

/** Brings changes of status to their end that whoever began them could not. */
export const finishStatusChanges = ({
  database,
  statusChanger,
}: {
  database: Database;
  statusChanger: StatusChanger;
}): Job => ({
  name: 'finish-status-changes',
  everySeconds: 3,
  async run() {
    const taken = await takeOverStatusChanges(database, randomUUID(), takenAtOnce);
    if (taken.length === 0) return undefined;
    const outcomes = await Promise.all(taken.map(statusChanger.finish));
    const count = (outcome: string): number => outcomes.filter((one) => one === outcome).length;
    return { finished: count('finished'), refused: count('refused'), waiting: count('waiting') };
  },
});
