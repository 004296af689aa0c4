import { readRows as endpoint } from '@sandgate/contracts';
import { type AnyRoute, route } from '@sandgate/service-kit';
import { openTable, type Reading } from '../queries/open-table.js';

export const readRows = (reading: Reading): AnyRoute =>
  route(endpoint, async ({ params: { id }, query: { limit, offset }, caller }) => {
    const table = await openTable(reading, caller, id);
    return table.rows({ tableId: id, limit, offset }, { isRepeated: true });
  });
