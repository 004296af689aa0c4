import { listRecords } from '@sandgate/contracts';
import type { SqlClient } from '@sandgate/messaging';
import { route } from '@sandgate/service-kit';
import { findShownRecords } from '../records/find-shown-records.js';

export const listRecordsRoute = (database: SqlClient) =>
  route(listRecords, ({ query }) => findShownRecords(database, query));
