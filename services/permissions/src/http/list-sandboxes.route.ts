import { listSandboxes } from '@sandgate/contracts';
import type { Database } from '@sandgate/messaging';
import { type AnyRoute, route } from '@sandgate/service-kit';
import { findSandboxPage } from '../sandboxes/sandbox-store.js';
import { findVoidSandboxes } from '../sandboxes/void-sandbox-store.js';

export const listSandboxesRoute = (database: Database): AnyRoute =>
  route(listSandboxes, async ({ query: { groupId, tableId, limit, offset } }) => {
    const { data, total } = await findSandboxPage(database, { groupId, tableId, limit, offset });
    const warnings = await findVoidSandboxes(database, { sandboxIds: data.map(({ id }) => id) });
    return { data, total, warnings };
  });
