import { setTimeout } from 'node:timers/promises';
import { Group, GroupSync, JwtProviderSettings, Sandbox, VisibleTable } from '@sandgate/contracts';
import { z } from 'zod';
import { ApiClient } from './api-client.js';
import { demoDataPermissions, demoGroups, demoSandboxes, SAMPLE_DATABASE } from './people.js';

export interface DemoOptions {
  readonly siteUrl: string;
  readonly adminEmail: string;
  readonly adminPassword: string;
  /** Where the host application signs people in. */
  readonly identityProviderUri: string;
}

const list = <T extends z.ZodType>(item: T) => z.object({ data: z.array(item) });
const anything = z.unknown();

/**
 * Sets the demonstration up through the public API, as an administrator would: provider, groups, mappings, data permissions, sandboxes.
 * Makes only what is missing, so that it can be repeated after a start that died halfway.
 */
export async function applyDemo(options: DemoOptions): Promise<void> {
  const api = await ApiClient.signIn(options.siteUrl, options.adminEmail, options.adminPassword);
  await api.request('PUT', '/api/providers/jwt', anything, {
    enabled: true,
    identityProviderUri: options.identityProviderUri,
  });
  const groupIds = await ensureGroups(api);
  const mappings = Object.fromEntries(demoGroups.map(({ name, claimedAs }) => [claimedAs, [groupIds.get(name)]]));
  await api.request('PUT', '/api/group-sync/jwt', GroupSync, { enabled: true, mode: 'mapped', mappings });
  await ensurePermissions(api, groupIds);
}

/** Points sign-ins of browsers to where the host application is now, if they still point to where it was. */
export async function connectHostApp(api: ApiClient, move: { from: string; to: string }): Promise<void> {
  const { identityProviderUri } = await api.request('GET', '/api/providers/jwt', z.object(JwtProviderSettings.shape));
  if (identityProviderUri === move.from)
    await api.request('PUT', '/api/providers/jwt', anything, { identityProviderUri: move.to });
}

async function ensureGroups(api: ApiClient): Promise<ReadonlyMap<string, number>> {
  const { data } = await api.request('GET', '/api/groups?limit=2000', list(Group));
  const ids = new Map(data.map((group) => [group.name, group.id]));
  for (const { name } of demoGroups) {
    if (!ids.has(name)) ids.set(name, (await api.request('POST', '/api/groups', Group, { name })).id);
  }
  return ids;
}

async function ensurePermissions(api: ApiClient, groupIds: ReadonlyMap<string, number>): Promise<void> {
  const { tables, databaseId } = await findSampleTables(api);
  const entries = demoDataPermissions.map(({ group, permission }) => ({
    groupId: groupIds.get(group),
    databaseId,
    access: permission,
  }));
  await api.request('PUT', '/api/data-permissions', anything, { entries });
  const { data: sandboxes } = await api.request('GET', '/api/sandboxes?limit=2000', list(Sandbox));
  for (const { group, schema, table, rule } of demoSandboxes) {
    const tableId = tables.find((one) => one.schema === schema && one.name === table)?.id;
    const groupId = groupIds.get(group);
    if (sandboxes.some((one) => one.groupId === groupId && one.tableId === tableId)) continue;
    await api.request('POST', '/api/sandboxes', anything, { groupId, tableId, rule });
  }
}

/** The catalogue reaches permissions by an event, which may still be on its way. */
async function findSampleTables(
  api: ApiClient,
): Promise<{ tables: z.infer<typeof VisibleTable>[]; databaseId: number }> {
  for (let attempt = 1; attempt <= 150; attempt += 1) {
    const { data } = await api.request('GET', '/api/tables?limit=2000', list(VisibleTable));
    const tables = data.filter(({ database }) => database === SAMPLE_DATABASE);
    if (tables[0]) return { tables, databaseId: tables[0].databaseId };
    await setTimeout(200);
  }
  throw new Error(`the catalogue does not show ${SAMPLE_DATABASE}`);
}
