import type { getAccount, listAccounts } from '@sandgate/contracts';
import type { z } from 'zod';
import { announcementOf, type DatedAccount } from './account.js';

type AccountSummary = z.input<NonNullable<(typeof listAccounts)['response']>>['data'][number];
type AccountDetails = z.input<NonNullable<(typeof getAccount)['response']>>;

/** A group that an account is in, with the sources of the membership. */
export type Group = AccountDetails['groups'][number];

export const summaryOf = (account: DatedAccount): AccountSummary => ({
  id: account.id,
  email: account.email,
  firstName: account.firstName,
  lastName: account.lastName,
  status: account.status,
  revision: account.revision,
  createdAt: account.createdAt.toISOString(),
  lastSignInAt: account.lastSignInAt?.toISOString() ?? null,
});

export const detailsOf = (account: DatedAccount, groups: readonly Group[]): AccountDetails => ({
  ...summaryOf(account),
  attributes: announcementOf(account).attributes,
  tokenAttributes: account.tokenAttributes,
  adminAttributes: { ...account.adminAttributes },
  groups: [...groups],
});
