import { type Ask, describeMemberships, getCurrentAccount } from '@sandgate/contracts';
import { route } from '@sandgate/service-kit';
import { announcementOf, type DatedAccount } from '../accounts/account.js';
import type { AccountReader } from '../accounts/read-account.js';

/** Longest wait for the sign-in to arrive, here and in permissions together. */
const patienceMs = 2000;

/** What permissions has applied, directory has stored: so permissions is waited for, and directory only made sure of. */
export const getCurrentAccountRoute = ({ accounts, ask }: { accounts: AccountReader; ask: Ask }) =>
  route(getCurrentAccount, async ({ caller }) => {
    const deadline = performance.now() + patienceMs;
    const { groups, administrator } = await ask(describeMemberships, { ...caller });
    const account = await accounts.getAsNewAs(caller, deadline);
    const { id, email, firstName, lastName, status } = account;
    const effective = Object.entries(announcementOf(account).attributes);
    const attributes = Object.fromEntries(effective.map(([name, { value }]) => [name, value]));
    return {
      id,
      email,
      firstName,
      lastName,
      status,
      attributes,
      groups: groups.map(({ id, name }) => ({ id, name })),
      administrator,
      first_name: firstName,
      last_name: lastName,
      common_name: commonNameOf(account),
      is_superuser: administrator,
      is_active: status === 'active',
      is_qbnewb: false,
      group_ids: groups.map(({ id }) => id),
      login_attributes: attributes,
      personal_collection_id: null,
      locale: null,
    };
  });

/** What a person is called: both names, or the one there is, or the address. */
const commonNameOf = ({ firstName, lastName, email }: Pick<DatedAccount, 'firstName' | 'lastName' | 'email'>): string =>
  [firstName, lastName].filter((name) => name !== null && name !== '').join(' ') || email;
