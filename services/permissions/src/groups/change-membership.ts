import { Failure } from '@sandgate/contracts';
import type { Author, Database, SqlClient } from '@sandgate/messaging';
import { findAccount, isLastAdministrator } from '../accounts/account-store.js';
import { announcePolicyChange } from '../policy/announce-policy-change.js';
import { changePolicy } from '../policy/policy-store.js';
import { requireGroup } from './change-group.js';
import type { GroupRow } from './group-store.js';
import { deleteManualMembership, findSources, insertManualMembership } from './membership-store.js';

export interface MembershipKey {
  readonly groupId: number;
  readonly accountId: string;
}

/** Makes somebody a member by hand, whatever a provider says; never an API key, whose groups are its own. Safe to repeat. */
export const addMember = (database: Database, { groupId, accountId }: MembershipKey, by: Author): Promise<void> =>
  changePolicy(database, async (tx) => {
    const { group, isApiKey } = await requireMembership(tx, { groupId, accountId });
    if (isApiKey) throw new Failure('permissions.membership_of_api_key');
    if (!(await insertManualMembership(tx, groupId, accountId))) return;
    const after = { group: group.name, source: 'manual' };
    await announcePolicyChange(tx, by, { what: 'membership', id: groupId, accountId, before: null, after });
  });

/**
 * Takes back a membership that was given by hand; safe to repeat. Refused with `permissions.membership_from_provider` while a provider
 * gives it as well: the person would stay a member, which is not what was asked for, so nothing changes. Refused with
 * `permissions.last_administrator` for the last one.
 */
export const removeMember = (database: Database, { groupId, accountId }: MembershipKey, by: Author): Promise<void> =>
  changePolicy(database, async (tx) => {
    const { group } = await requireMembership(tx, { groupId, accountId });
    const sources = await findSources(tx, groupId, accountId);
    if (sources.some((source) => source !== 'manual'))
      throw new Failure('permissions.membership_from_provider', { details: { sources } });
    if (group.kind === 'administrators' && (await isLastAdministrator(tx, accountId)))
      throw new Failure('permissions.last_administrator');
    if (!(await deleteManualMembership(tx, groupId, accountId))) return;
    const before = { group: group.name, source: 'manual' };
    await announcePolicyChange(tx, by, { what: 'membership', id: groupId, accountId, before, after: null });
  });

async function requireMembership(
  tx: SqlClient,
  { groupId, accountId }: MembershipKey,
): Promise<{ group: GroupRow; isApiKey: boolean }> {
  const group = await requireGroup(tx, groupId);
  if (group.kind === 'all-users') throw new Failure('permissions.membership_automatic');
  const account = await findAccount(tx, accountId);
  if (!account) throw new Failure('permissions.account_not_found');
  return { group, isApiKey: account.isApiKey };
}
