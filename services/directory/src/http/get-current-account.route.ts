import { type Ask, describeMemberships, getCurrentAccount } from '@sandgate/contracts';
import { route } from '@sandgate/service-kit';
import { announcementOf } from '../accounts/account.js';
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
    };
  });
