import type { Membership } from '@sandgate/contracts';

export interface MembershipChanges {
  readonly added: Membership[];
  readonly removed: Membership[];
  /** With the sources that they then have. */
  readonly kept: Membership[];
}

/** What becomes of the groups that somebody is in. */
export function diffMemberships(before: readonly Membership[], after: readonly Membership[]): MembershipChanges {
  const earlier = new Set(before.map(({ id }) => id));
  const later = new Set(after.map(({ id }) => id));
  return {
    added: after.filter(({ id }) => !earlier.has(id)),
    removed: before.filter(({ id }) => !later.has(id)),
    kept: after.filter(({ id }) => earlier.has(id)),
  };
}
