import { runQuery as endpoint } from '@sandgate/contracts';
import { type AnyRoute, route } from '@sandgate/service-kit';
import { openTable, type Reading } from '../queries/open-table.js';

export const runQuery = (reading: Reading): AnyRoute =>
  route(endpoint, async ({ body, caller }) => {
    const table = await openTable(reading, caller, body.tableId);
    return table.rows(body);
  });
