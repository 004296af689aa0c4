import { changeSandbox } from '@sandgate/contracts';
import type { Database } from '@sandgate/messaging';
import { type AnyRoute, authorOf, route } from '@sandgate/service-kit';
import { changeSandbox as change } from '../sandboxes/change-sandbox.js';

export const changeSandboxRoute = (database: Database): AnyRoute =>
  route(changeSandbox, ({ params, body, ...context }) => change(database, params.id, body.rule, authorOf(context)));
