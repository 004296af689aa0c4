import type { EventData, UserLoggedIn } from '@sandgate/contracts';
import type { Account } from '../accounts/account.js';

/** What a sign-in needs to know of the account that it may change. */
export type KnownAccount = Pick<Account, 'revision' | 'claimsVersion' | 'status' | 'adminAttributes'>;

/**
 * The account after a sign-in, or undefined when its claims are no newer than those applied: rights only move forward.
 * What the providers say is replaced as a whole; status and admin attributes are not theirs to change.
 */
export function decideProvisioning(
  claims: EventData<typeof UserLoggedIn>,
  known: KnownAccount | undefined,
): Account | undefined {
  if (known && claims.claimsVersion <= known.claimsVersion) return undefined;
  return {
    id: claims.accountId,
    email: claims.email,
    firstName: claims.firstName,
    lastName: claims.lastName,
    status: known?.status ?? 'active',
    revision: (known?.revision ?? 0) + 1,
    claimsVersion: claims.claimsVersion,
    tokenAttributes: claims.attributes,
    adminAttributes: known?.adminAttributes ?? {},
    claimedGroups: claims.groups,
    firstAdministrator: claims.firstAdministrator,
  };
}
