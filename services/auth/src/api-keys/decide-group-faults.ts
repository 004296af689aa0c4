import type { Group } from '@sandgate/contracts';

const reserved: Partial<Record<Group['kind'], string>> = {
  'all-users': 'is All Users, of which everybody is a member',
  administrators: 'is Administrators, in which no API key may be',
};

/** What keeps a key from being in these groups, each fault with the place of the group; empty when nothing does. */
export function decideGroupFaults(groupIds: readonly number[], known: readonly Pick<Group, 'id' | 'kind'>[]): string[] {
  const kinds = new Map(known.map(({ id, kind }) => [id, kind]));
  return groupIds.flatMap((id, index) => {
    const kind = kinds.get(id);
    const fault = kind === undefined ? 'does not exist' : reserved[kind];
    const repeated = groupIds.indexOf(id) < index ? ['is named twice'] : [];
    return [...(fault === undefined ? [] : [fault]), ...repeated].map(
      (what) => `groupIds.${index}: group ${id} ${what}`,
    );
  });
}
