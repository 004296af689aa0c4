import { Failure, type Group } from '@sandgate/contracts';
import type { Database, SqlClient } from '@sandgate/messaging';
import { changePolicy } from '../policy/policy-store.js';
import {
  findGroup,
  findGroups,
  type GroupRow,
  insertGroup,
  isNameTaken,
  removeGroup,
  updateGroupName,
} from './group-store.js';

/** Throws `permissions.group_name_taken`; names are told apart exactly as they are written. */
export const createGroup = (database: Database, name: string): Promise<Group> =>
  changePolicy(database, async (tx) => {
    const id = await insertGroup(tx, name);
    if (id === undefined) throw new Failure('permissions.group_name_taken');
    return groupAfterChange(tx, id);
  });

/** Throws `permissions.group_not_found`, `permissions.group_built_in`, `permissions.group_name_taken`. */
export const renameGroup = (database: Database, id: number, name: string): Promise<Group> =>
  changePolicy(database, async (tx) => {
    await requireCustomGroup(tx, id);
    if (await isNameTaken(tx, name, id)) throw new Failure('permissions.group_name_taken');
    await updateGroupName(tx, id, name);
    return groupAfterChange(tx, id);
  });

/** Throws `permissions.group_not_found`, `permissions.group_built_in`. */
export const deleteGroup = (database: Database, id: number): Promise<void> =>
  changePolicy(database, async (tx) => {
    await requireCustomGroup(tx, id);
    await removeGroup(tx, id);
  });

export async function requireGroup(tx: SqlClient, id: number): Promise<GroupRow> {
  const group = (await findGroups(tx, [id])).get(id);
  if (!group) throw new Failure('permissions.group_not_found');
  return group;
}

async function requireCustomGroup(tx: SqlClient, id: number): Promise<void> {
  const { kind } = await requireGroup(tx, id);
  if (kind !== 'custom') throw new Failure('permissions.group_built_in');
}

/** In by-name mode a new name has members at once. */
async function groupAfterChange(tx: SqlClient, id: number): Promise<Group> {
  const group = await findGroup(tx, id);
  if (!group) throw new Error(`group ${id} is gone within the transaction that wrote it`);
  return group;
}
