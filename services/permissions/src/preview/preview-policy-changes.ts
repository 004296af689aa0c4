import type { ChangePreview, DataPermissionEntry, RowRule, Sandbox, Warning } from '@sandgate/contracts';
import type { Author, Database } from '@sandgate/messaging';
import { findTableIds } from '../catalogue/catalogue-store.js';
import { setDataPermissions } from '../data-permissions/set-data-permissions.js';
import { changeGroupSync, type GroupSyncChange, settingsAfter } from '../group-sync/change-group-sync.js';
import { getGroupSync } from '../group-sync/group-sync-store.js';
import { createGroup, deleteGroup, renameGroup } from '../groups/change-group.js';
import { addMember, type MembershipKey, removeMember } from '../groups/change-membership.js';
import { changeSandbox, createSandbox, deleteSandbox } from '../sandboxes/change-sandbox.js';
import { findSandbox } from '../sandboxes/sandbox-store.js';
import { diffGroupSync } from './diff-group-sync.js';
import { previewChange } from './preview-change.js';
import { type Reach, reachAccount, reachClaims, reachMembers, reachNamesakes } from './reach-store.js';

/** Whom each change of the policy would affect; all of them throw what the change throws. */

export const previewAddMember = (database: Database, key: MembershipKey, by: Author): Promise<ChangePreview> =>
  previewChange(database, {
    reach: (tx) => reachAccount(tx, key.accountId),
    make: (inside) => addMember(inside, key, by).then(noWarnings),
  });

export const previewRemoveMember = (database: Database, key: MembershipKey, by: Author): Promise<ChangePreview> =>
  previewChange(database, {
    reach: (tx) => reachAccount(tx, key.accountId),
    make: (inside) => removeMember(inside, key, by).then(noWarnings),
  });

export const previewCreateGroup = (database: Database, name: string, by: Author): Promise<ChangePreview> =>
  previewChange(database, {
    reach: (tx, atMost) => reachNamesakes(tx, { name }, atMost),
    make: (inside) => createGroup(inside, name, by).then(noWarnings),
  });

export const previewRenameGroup = (database: Database, id: number, name: string, by: Author): Promise<ChangePreview> =>
  previewChange(database, {
    reach: (tx, atMost) => reachNamesakes(tx, { name, memberOf: id }, atMost),
    make: (inside) => renameGroup(inside, id, name, by).then(noWarnings),
  });

export const previewDeleteGroup = (database: Database, id: number, by: Author): Promise<ChangePreview> =>
  previewChange(database, {
    reach: (tx, atMost) => reachMembers(tx, [id], atMost),
    make: (inside) => deleteGroup(inside, id, by).then(noWarnings),
  });

export const previewGroupSync = (
  database: Database,
  provider: string,
  change: GroupSyncChange,
  by: Author,
): Promise<ChangePreview> =>
  previewChange(database, {
    async reach(tx, atMost) {
      const settings = await getGroupSync(tx, provider);
      return reachClaims(tx, { provider, ...diffGroupSync(settings, settingsAfter(settings, change)) }, atMost);
    },
    make: (inside) => changeGroupSync(inside, provider, change, by).then(noWarnings),
  });

export const previewDataPermissions = (
  database: Database,
  entries: readonly DataPermissionEntry[],
  by: Author,
): Promise<ChangePreview> =>
  previewChange(database, {
    reach: (tx, atMost) => {
      const groupIds = [...new Set(entries.map(({ groupId }) => groupId))];
      return reachMembers(tx, groupIds, atMost);
    },
    tableIds: (tx) => findTableIds(tx, [...new Set(entries.map(({ databaseId }) => databaseId))]),
    make: (inside) => setDataPermissions(inside, entries, by).then(({ warnings }) => warnings),
  });

export const previewCreateSandbox = (
  database: Database,
  wanted: Omit<Sandbox, 'id'>,
  by: Author,
): Promise<ChangePreview> =>
  previewChange(database, {
    reach: (tx, atMost) => reachMembers(tx, [wanted.groupId], atMost),
    tableIds: async () => [wanted.tableId],
    make: (inside) => createSandbox(inside, wanted, by).then(({ warnings }) => warnings),
  });

export const previewChangeSandbox = (
  database: Database,
  id: number,
  rule: RowRule,
  by: Author,
): Promise<ChangePreview> =>
  previewSandbox(database, id, (inside) => changeSandbox(inside, id, rule, by).then(({ warnings }) => warnings));

export const previewDeleteSandbox = (database: Database, id: number, by: Author): Promise<ChangePreview> =>
  previewSandbox(database, id, (inside) => deleteSandbox(inside, id, by).then(noWarnings));

const noWarnings = (): Warning[] => [];
const nobody: Reach = { total: 0, accountIds: [] };

const previewSandbox = (
  database: Database,
  id: number,
  make: Parameters<typeof previewChange>[1]['make'],
): Promise<ChangePreview> =>
  previewChange(database, {
    async reach(tx, atMost) {
      const sandbox = await findSandbox(tx, id);
      return sandbox ? reachMembers(tx, [sandbox.groupId], atMost) : nobody;
    },
    async tableIds(tx) {
      const sandbox = await findSandbox(tx, id);
      return sandbox ? [sandbox.tableId] : [];
    },
    make,
  });
