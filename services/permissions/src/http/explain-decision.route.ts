import { explainDecision } from '@sandgate/contracts';
import type { Database } from '@sandgate/messaging';
import { type AnyRoute, route } from '@sandgate/service-kit';
import { explainAccess } from '../decisions/explain-decision.js';

export const explainDecisionRoute = (database: Database): AnyRoute =>
  route(explainDecision, ({ query }) => explainAccess(database, query));
