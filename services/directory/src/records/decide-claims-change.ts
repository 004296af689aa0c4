import { changedFields } from '@sandgate/contracts';
import type { Account } from '../accounts/account.js';
import type { Side } from './record.js';

/** What the providers say of a person. */
export type Claimed = Pick<
  Account,
  'email' | 'firstName' | 'lastName' | 'firstAdministrator' | 'tokenAttributes' | 'claimedGroups'
>;

export interface ClaimsChange {
  /** An e-mail is in no record; only that it has changed. */
  readonly details: { readonly emailChanged?: true };
  readonly before: Side | null;
  readonly after: Side;
}

/** How claims differ from those before them, attribute by attribute and provider by provider; undefined when they do not. */
export function decideClaimsChange(before: Claimed | undefined, after: Claimed): ClaimsChange | undefined {
  const emailChanged = before !== undefined && before.email !== after.email;
  const person = changedFields(before ? personOf(before) : null, personOf(after));
  const attributes = changedFields(before?.tokenAttributes ?? {}, after.tokenAttributes);
  const groups = changedFields(before ? groupsOf(before) : {}, groupsOf(after));
  if (!emailChanged && !person && !attributes && !groups) return undefined;
  const side = (of: 'before' | 'after'): Side => ({
    ...person?.[of],
    ...(attributes && { attributes: attributes[of] }),
    ...(groups && { groups: groups[of] }),
  });
  return {
    details: emailChanged ? { emailChanged } : {},
    before: before ? side('before') : null,
    after: side('after'),
  };
}

const personOf = ({ firstName, lastName, firstAdministrator }: Claimed): Side => ({
  firstName,
  lastName,
  firstAdministrator,
});

const groupsOf = ({ claimedGroups }: Claimed): Side =>
  Object.fromEntries(claimedGroups.map(({ provider, presence, names }) => [provider, { presence, names }]));
