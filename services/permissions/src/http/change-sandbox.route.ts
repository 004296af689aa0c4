import { changeSandbox } from '@sandgate/contracts';
import type { Database } from '@sandgate/messaging';
import { type AnyRoute, authorOf, route } from '@sandgate/service-kit';
import { previewChangeSandbox } from '../preview/preview-policy-changes.js';
import { changeSandbox as change } from '../sandboxes/change-sandbox.js';

export const changeSandboxRoute = (database: Database): AnyRoute =>
  route(changeSandbox, ({ params: { id }, query: { dryRun }, body: { rule }, ...context }) =>
    (dryRun ? previewChangeSandbox : change)(database, id, rule, authorOf(context)),
  );
