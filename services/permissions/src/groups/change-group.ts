import { Failure, type Group } from '@sandgate/contracts';
import type { Author, Database, SqlClient } from '@sandgate/messaging';
import { describeEntries } from '../data-permissions/data-permission-store.js';
import { announcePolicyChange } from '../policy/announce-policy-change.js';
import { changePolicy } from '../policy/policy-store.js';
import {
  findGroup,
  findGroups,
  findWhatGoesWith,
  type GroupRow,
  insertGroup,
  isNameTaken,
  removeGroup,
  updateGroupName,
} from './group-store.js';

/** Throws `permissions.group_name_taken`; names are told apart exactly as they are written. */
export const createGroup = (database: Database, name: string, by: Author): Promise<Group> =>
  changePolicy(database, async (tx) => {
    const id = await insertGroup(tx, name);
    if (id === undefined) throw new Failure('permissions.group_name_taken');
    await announcePolicyChange(tx, by, { what: 'group', id, before: null, after: { name } });
    return groupAfterChange(tx, id);
  });

/** Throws `permissions.group_not_found`, `permissions.group_built_in`, `permissions.group_name_taken`. */
export const renameGroup = (database: Database, id: number, name: string, by: Author): Promise<Group> =>
  changePolicy(database, async (tx) => {
    const { name: earlier } = await requireCustomGroup(tx, id);
    if (await isNameTaken(tx, name, id)) throw new Failure('permissions.group_name_taken');
    await updateGroupName(tx, id, name);
    await announcePolicyChange(tx, by, { what: 'group', id, before: { name: earlier }, after: { name } });
    return groupAfterChange(tx, id);
  });

/** Throws `permissions.group_not_found`, `permissions.group_built_in`. */
export const deleteGroup = (database: Database, id: number, by: Author): Promise<void> =>
  changePolicy(database, async (tx) => {
    const { name } = await requireCustomGroup(tx, id);
    const dataPermissions = await describeEntries(tx, { groupIds: [id] });
    const before = { name, ...(await findWhatGoesWith(tx, id)), dataPermissions };
    await removeGroup(tx, id);
    await announcePolicyChange(tx, by, { what: 'group', id, before, after: null });
  });

export async function requireGroup(tx: SqlClient, id: number): Promise<GroupRow> {
  const group = (await findGroups(tx, [id])).get(id);
  if (!group) throw new Failure('permissions.group_not_found');
  return group;
}

async function requireCustomGroup(tx: SqlClient, id: number): Promise<GroupRow> {
  const group = await requireGroup(tx, id);
  if (group.kind !== 'custom') throw new Failure('permissions.group_built_in');
  return group;
}

/** In by-name mode a new name has members at once. */
async function groupAfterChange(tx: SqlClient, id: number): Promise<Group> {
  const group = await findGroup(tx, id);
  if (!group) throw new Error(`group ${id} is gone within the transaction that wrote it`);
  return group;
}
