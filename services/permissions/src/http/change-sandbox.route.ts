import { changeSandbox } from '@sandgate/contracts';
import type { Database } from '@sandgate/messaging';
import { type AnyRoute, route } from '@sandgate/service-kit';
import { changeSandbox as change } from '../sandboxes/change-sandbox.js';

export const changeSandboxRoute = (database: Database): AnyRoute =>
  route(changeSandbox, ({ params, body }) => change(database, params.id, body.rule));
