import { deleteSandbox } from '@sandgate/contracts';
import type { Database } from '@sandgate/messaging';
import { type AnyRoute, authorOf, Reply, route } from '@sandgate/service-kit';
import { previewDeleteSandbox } from '../preview/preview-policy-changes.js';
import { deleteSandbox as remove } from '../sandboxes/change-sandbox.js';

export const deleteSandboxRoute = (database: Database): AnyRoute =>
  route(deleteSandbox, async ({ params: { id }, query: { dryRun }, ...context }) => {
    if (dryRun) return new Reply({ status: 200, body: await previewDeleteSandbox(database, id, authorOf(context)) });
    await remove(database, id, authorOf(context));
    return undefined;
  });
