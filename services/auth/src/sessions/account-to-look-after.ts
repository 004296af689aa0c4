import { type Ask, describeMemberships, Failure } from '@sandgate/contracts';
import type { Caller } from '@sandgate/service-kit';

export const isAdministrator = async (ask: Ask, { accountId, claimsVersion }: Caller): Promise<boolean> =>
  (await ask(describeMemberships, { accountId, claimsVersion })).administrator;

/** The account whose sessions a caller means: the own one unless another is named. Throws `auth.administrator_required` for another one. */
export async function accountToLookAfter(ask: Ask, caller: Caller, named: string | undefined): Promise<string> {
  if (named === undefined || named === caller.accountId) return caller.accountId;
  if (!(await isAdministrator(ask, caller))) throw new Failure('auth.administrator_required');
  return named;
}
