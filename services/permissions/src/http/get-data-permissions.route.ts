import { getDataPermissions } from '@sandgate/contracts';
import type { Database } from '@sandgate/messaging';
import { type AnyRoute, route } from '@sandgate/service-kit';
import { findEntryPage } from '../data-permissions/data-permission-store.js';
import { findVoidSandboxes } from '../sandboxes/void-sandbox-store.js';

/** Warns of sandboxes of the groups on the page, and of those that these groups make void. */
export const getDataPermissionsRoute = (database: Database): AnyRoute =>
  route(getDataPermissions, async ({ query: { groupId, databaseId, limit, offset } }) => {
    const { data, total } = await findEntryPage(database, { groupId, databaseId, limit, offset });
    const groupIds = [...new Set(data.map((entry) => entry.groupId))];
    const databaseIds = [...new Set(data.map((entry) => entry.databaseId))];
    return { data, total, warnings: await findVoidSandboxes(database, { groupIds, databaseIds }) };
  });
