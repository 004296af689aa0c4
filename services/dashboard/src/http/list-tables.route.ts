import { type Ask, listTables as endpoint } from '@sandgate/contracts';
import { type AnyRoute, route } from '@sandgate/service-kit';
import type { Catalogue } from '../catalogue/catalogue.js';
import { listVisibleTables } from '../queries/list-visible-tables.js';

export const listTables = (reading: { ask: Ask; catalogue: Catalogue }): AnyRoute =>
  route(endpoint, async ({ query: { limit, offset }, caller }) => {
    const visible = await listVisibleTables(reading, caller);
    const data = visible.slice(offset, offset + limit).map(({ table, database, access }) => ({
      id: table.id,
      databaseId: database.id,
      database: database.name,
      schema: table.schema,
      name: table.name,
      access,
      columns: table.columns,
    }));
    return { data, total: visible.length };
  });
