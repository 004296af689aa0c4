import { Failure, type GroupSync } from '@sandgate/contracts';
import type { Author, Database } from '@sandgate/messaging';
import { findGroups } from '../groups/group-store.js';
import { announcePolicyChange } from '../policy/announce-policy-change.js';
import { changePolicy } from '../policy/policy-store.js';
import { decideGroupSyncFaults } from './decide-group-sync.js';
import { deleteGroupSync, getGroupSync, saveGroupSync } from './group-sync-store.js';

export type GroupSyncChange = { readonly [Setting in keyof GroupSync]?: GroupSync[Setting] | undefined };

/** Changes the settings that are named. Throws `permissions.settings_invalid` with every fault of what would come out. */
export const changeGroupSync = (
  database: Database,
  provider: string,
  change: GroupSyncChange,
  by: Author,
): Promise<GroupSync> =>
  changePolicy(database, async (tx) => {
    const before = await getGroupSync(tx, provider);
    const settings = settingsAfter(before, change);
    const groups = await findGroups(tx, [...new Set(Object.values(settings.mappings).flat())]);
    const faults = decideGroupSyncFaults(settings, groups);
    if (faults.length > 0) throw new Failure('permissions.settings_invalid', { details: { faults } });
    await saveGroupSync(tx, provider, settings);
    const after = await getGroupSync(tx, provider);
    await announcePolicyChange(tx, by, { what: 'group-sync', id: provider, before, after });
    return after;
  });

/** Puts all settings back as they are from the start, in force at once. */
export const forgetGroupSync = (database: Database, provider: string, by: Author): Promise<void> =>
  changePolicy(database, async (tx) => {
    const before = await getGroupSync(tx, provider);
    await deleteGroupSync(tx, provider);
    const after = await getGroupSync(tx, provider);
    await announcePolicyChange(tx, by, { what: 'group-sync', id: provider, before, after });
  });

/** A setting that the change leaves out stays. */
export const settingsAfter = (settings: GroupSync, change: GroupSyncChange): GroupSync => ({
  ...settings,
  ...Object.fromEntries(Object.entries(change).filter(([, value]) => value !== undefined)),
});
