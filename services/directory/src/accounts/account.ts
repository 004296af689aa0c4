import type {
  AccountChanged,
  AccountStatus,
  AdminAttribute,
  Attributes,
  ClaimedGroups,
  EventData,
} from '@sandgate/contracts';
import { decideEffectiveAttributes } from '../attributes/decide-effective-attributes.js';

export type AdminAttributes = Readonly<Record<string, AdminAttribute>>;

/** An account as directory holds it. */
export interface Account {
  readonly id: string;
  readonly email: string;
  readonly firstName: string | null;
  readonly lastName: string | null;
  readonly status: AccountStatus;
  readonly revision: number;
  readonly claimsVersion: number;
  readonly tokenAttributes: Attributes;
  readonly adminAttributes: AdminAttributes;
  readonly claimedGroups: readonly ClaimedGroups[];
  readonly firstAdministrator: boolean;
}

/** Also what says when, which no event carries. */
export interface DatedAccount extends Account {
  readonly createdAt: Date;
  readonly lastSignInAt: Date | null;
}

/** What `AccountChanged` says of an account in this state. */
export const announcementOf = (account: Account): EventData<typeof AccountChanged> => ({
  accountId: account.id,
  revision: account.revision,
  claimsVersion: account.claimsVersion,
  status: account.status,
  email: account.email,
  firstName: account.firstName,
  lastName: account.lastName,
  attributes: decideEffectiveAttributes(account.tokenAttributes, account.adminAttributes),
  groups: [...account.claimedGroups],
  firstAdministrator: account.firstAdministrator,
});
