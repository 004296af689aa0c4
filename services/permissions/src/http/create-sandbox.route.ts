import { createSandbox } from '@sandgate/contracts';
import type { Database } from '@sandgate/messaging';
import { type AnyRoute, authorOf, route } from '@sandgate/service-kit';
import { createSandbox as create } from '../sandboxes/change-sandbox.js';

export const createSandboxRoute = (database: Database): AnyRoute =>
  route(createSandbox, ({ body, ...context }) => create(database, body, authorOf(context)));
