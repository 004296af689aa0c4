import { z } from 'zod';
import { CatalogueDatabase } from '../catalogue.js';
import { defineEvent } from './define-event.js';

/** Published by dashboard when an introspection found a database changed: the whole catalogue of that database. */
export const CatalogChanged = defineEvent({
  name: 'CatalogChanged',
  type: 'dashboard.catalog-changed.v1',
  source: 'dashboard',
  summary:
    'The catalogue of a database changed. Carries all its tables; an event with an older revision may be skipped.',
  maxBytes: 8 * 1024 * 1024,
  data: z.strictObject({
    /** Raised by every change of this database's catalogue; guards the consumer. */
    revision: z.int().positive(),
    database: CatalogueDatabase,
  }),
});
