import { createSandbox } from '@sandgate/contracts';
import type { Database } from '@sandgate/messaging';
import { type AnyRoute, authorOf, Reply, route } from '@sandgate/service-kit';
import { previewCreateSandbox } from '../preview/preview-policy-changes.js';
import { createSandbox as create } from '../sandboxes/change-sandbox.js';

export const createSandboxRoute = (database: Database): AnyRoute =>
  route(createSandbox, async ({ query: { dryRun }, body, ...context }) => {
    if (!dryRun) return create(database, body, authorOf(context));
    return new Reply({ status: 200, body: await previewCreateSandbox(database, body, authorOf(context)) });
  });
