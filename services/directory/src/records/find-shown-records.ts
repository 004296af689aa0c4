import type { Recorded } from '@sandgate/contracts';
import type { SqlClient } from '@sandgate/messaging';
import type { ListPage } from '@sandgate/service-kit';
import { decideShownValues } from './decide-shown-values.js';
import { findPrivateAttributes } from './private-attribute-store.js';
import { findRecordPage, type RecordSearch } from './record-store.js';

/** A page of records as they may be shown. What became private after it was recorded is left out here. */
export async function findShownRecords(database: SqlClient, wanted: RecordSearch): Promise<ListPage<Recorded>> {
  const [{ data, total }, names] = await Promise.all([
    findRecordPage(database, wanted),
    findPrivateAttributes(database),
  ]);
  const hidden = new Set(names);
  const shown = data.map((record) => ({
    ...record,
    before: decideShownValues(record.before, hidden),
    after: decideShownValues(record.after, hidden),
  }));
  return { data: shown, total };
}
