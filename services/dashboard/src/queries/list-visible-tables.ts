import { type Ask, decide } from '@sandgate/contracts';
import type { Caller } from '@sandgate/service-kit';
import type { Catalogue, LocatedTable } from '../catalogue/catalogue.js';
import type { Allowance } from './visible-rows.js';

export interface VisibleTable extends LocatedTable {
  readonly access: Allowance['access'];
}

/** The tables that a person may see, by one decision on all of them. */
export async function listVisibleTables(
  { ask, catalogue }: { ask: Ask; catalogue: Catalogue },
  caller: Caller,
): Promise<VisibleTable[]> {
  const { decisions } = await ask(decide, { accountId: caller.accountId, claimsVersion: caller.claimsVersion });
  const accessOf = new Map(decisions.map(({ tableId, decision }) => [tableId, decision.access]));
  return catalogue.allTables().flatMap((located) => {
    const access = accessOf.get(located.table.id);
    return access === undefined || access === 'denied' ? [] : [{ ...located, access }];
  });
}
