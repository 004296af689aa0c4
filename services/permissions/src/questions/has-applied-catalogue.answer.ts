import { hasAppliedCatalogue } from '@sandgate/contracts';
import type { Database } from '@sandgate/messaging';
import { type Answer, answer } from '@sandgate/service-kit';
import { findCatalogueRevisions } from '../catalogue/catalogue-store.js';

export const answerHasAppliedCatalogue = (database: Database): Answer =>
  answer(hasAppliedCatalogue, async ({ databases }) => {
    const revisions = await findCatalogueRevisions(
      database,
      databases.map(({ id }) => id),
    );
    return { applied: databases.every(({ id, revision }) => (revisions.get(id) ?? 0) >= revision) };
  });
