import { deleteSandbox } from '@sandgate/contracts';
import type { Database } from '@sandgate/messaging';
import { type AnyRoute, authorOf, route } from '@sandgate/service-kit';
import { deleteSandbox as remove } from '../sandboxes/change-sandbox.js';

export const deleteSandboxRoute = (database: Database): AnyRoute =>
  route(deleteSandbox, ({ params, ...context }) => remove(database, params.id, authorOf(context)));
