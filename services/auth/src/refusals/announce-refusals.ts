import { SignInRefused } from '@sandgate/contracts';
import { type Database, nextTraceparent, type Outbox } from '@sandgate/messaging';
import type { RefusalCounts } from './refusal-counts.js';

/** Announces what was refused since the last time, in one statement; none where nothing was. What cannot be written is kept for the next time. */
export const announceRefusals =
  ({ database, outbox, refusals }: { database: Database; outbox: Outbox; refusals: RefusalCounts }) =>
  async (): Promise<undefined> => {
    const counted = refusals.take();
    if (counted.length === 0) return;
    const entries = counted.map((data) => ({ subject: data.source, data }));
    try {
      await outbox.add(database, SignInRefused, entries, nextTraceparent());
    } catch (error) {
      refusals.putBack(counted);
      throw error;
    }
    outbox.wake();
  };
