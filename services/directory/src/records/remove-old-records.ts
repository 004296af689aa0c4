import type { Database } from '@sandgate/messaging';
import { removeInChunks } from '@sandgate/service-kit';

/** Removes records that are older than so many days, in short transactions. Safe at the same time on several instances. */
export const removeOldRecords =
  (database: Database, retentionDays: number) => async (): Promise<{ records: number } | undefined> => {
    const records = await removeInChunks(
      (atMost) => database.$executeRaw`
        delete from record where (event_id, kind) in (
          select event_id, kind from record where at < now() - make_interval(days => ${retentionDays}::int)
          order by at limit ${atMost}::int for update skip locked)`,
    );
    return records > 0 ? { records } : undefined;
  };
