import type { Group, GroupSync } from '@sandgate/contracts';

/** What is wrong with the settings as they would be; empty when nothing is. */
export function decideGroupSyncFaults(settings: GroupSync, groups: ReadonlyMap<number, Pick<Group, 'kind'>>): string[] {
  const faultOf = (groupId: number): string | undefined => {
    const kind = groups.get(groupId)?.kind;
    if (kind === undefined) return `there is no group ${groupId}`;
    if (kind === 'all-users') return `group ${groupId} is All Users, of which everybody is a member`;
    if (kind === 'administrators' && !settings.allowAdministrators)
      return `group ${groupId} is Administrators, which needs allowAdministrators`;
    return undefined;
  };
  return Object.entries(settings.mappings).flatMap(([name, groupIds]) =>
    groupIds.map(faultOf).flatMap((fault) => (fault === undefined ? [] : [`mappings.${name}: ${fault}`])),
  );
}
