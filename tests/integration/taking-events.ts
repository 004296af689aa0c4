import type { Database } from '@sandgate/messaging';
import { claimOutboxRows, deleteOutboxRows } from '../../packages/messaging/src/outbox-rows.js';

/** What a relay asks of the database for a round of events, as work of `testReadsByKey`. */
export const takingEvents = {
  name: 'taking events from the outbox',
  of: 20,
  async run(database: Database): Promise<void> {
    const rows = await claimOutboxRows(database, { limit: 20, olderThanMs: 0, except: [] });
    const ids = rows.map(({ id }) => id);
    await deleteOutboxRows(database, ids);
  },
};
