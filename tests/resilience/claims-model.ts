/** What a token of these tests says of a person. A member that is absent is absent in the token. */
export interface Claims {
  readonly first_name?: string;
  readonly last_name?: string;
  readonly account_id?: number | string | number[];
  readonly region?: string;
  readonly groups?: readonly string[] | null;
}

/** What the system must hold of a person. */
export interface Kept {
  readonly version: number;
  readonly issuedAt: number;
  readonly firstName: string | null;
  readonly lastName: string | null;
  readonly attributes: Readonly<Record<string, number | string | readonly number[]>>;
  readonly groups: { readonly presence: 'listed' | 'null' | 'absent'; readonly names: readonly string[] };
}

/**
 * The plain model of a sign-in: what the system must hold after it, given what it held before. Written from the design and from nothing
 * else: a name that is absent stays, attributes are replaced as a whole, groups that are null or absent keep the last list, a token that
 * is older than one before it changes nothing, and the version counts the changes.
 */
export function fold(before: Kept | undefined, claims: Claims, issuedAt: number): Kept {
  if (before && issuedAt < before.issuedAt) return before;
  const { first_name: firstName, last_name: lastName, account_id, region } = claims;
  const said = {
    firstName: firstName ?? before?.firstName ?? null,
    lastName: lastName ?? before?.lastName ?? null,
    attributes: { ...(account_id !== undefined && { account_id }), ...(region !== undefined && { region }) },
    groups: foldGroups(before, claims),
  };
  const isSame = before !== undefined && JSON.stringify(said) === JSON.stringify(saidBy(before));
  return { ...said, issuedAt, version: isSame ? before.version : (before?.version ?? 0) + 1 };
}

function foldGroups(before: Kept | undefined, { groups }: Claims): Kept['groups'] {
  if (Array.isArray(groups)) return { presence: 'listed', names: [...new Set<string>(groups)].sort() };
  return { presence: groups === null ? 'null' : 'absent', names: before?.groups.names ?? [] };
}

const saidBy = ({ firstName, lastName, attributes, groups }: Kept): Omit<Kept, 'version' | 'issuedAt'> => ({
  firstName,
  lastName,
  attributes,
  groups,
});

/** Who counts as claimed to be in a group, by the settings of these tests: absent keeps the last list, null ends it. */
export const claimedNames = ({ groups }: Kept): readonly string[] => (groups.presence === 'null' ? [] : groups.names);
