import { type SqlClient, subscription } from '@sandgate/messaging';
import { takeOverCatalogue } from '../catalogue/take-over-catalogue.js';

/** Takes over the tables of databases: those that decisions are about. */
export const onCatalogChanged = () =>
  subscription<'permissions.on-catalog-changed', SqlClient>({
    name: 'permissions.on-catalog-changed',
    newestPer: ({ database, revision }) => ({ key: String(database.id), version: revision }),
    handle: (batch, { tx }) =>
      takeOverCatalogue(
        tx,
        batch.map(({ data }) => data),
      ),
  });
