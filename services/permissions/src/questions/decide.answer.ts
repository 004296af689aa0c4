import { decide } from '@sandgate/contracts';
import { type Answer, answer } from '@sandgate/service-kit';
import type { CurrentAccess, FindCurrentAccess } from '../decisions/current-access.js';
import { accountDeactivated, tableUnknown } from '../decisions/decide-access.js';
import type { TableDecision } from '../decisions/decide-tables.js';

export const answerDecide = (findCurrentAccess: FindCurrentAccess): Answer =>
  answer(decide, async (wanted) => {
    const access = await findCurrentAccess(wanted);
    return { decisions: [...decisionsOf(access, wanted.tableIds)] };
  });

/** Those that are remembered as they are kept: their text is then written once. */
function decisionsOf(
  { active, decisions, all }: CurrentAccess,
  tableIds?: readonly number[],
): readonly TableDecision[] {
  if (!active) return (tableIds ?? all?.map(({ tableId }) => tableId) ?? []).map(toDeactivated);
  return tableIds?.map((tableId) => decisions.get(tableId) ?? { tableId, decision: tableUnknown }) ?? all ?? [];
}

const toDeactivated = (tableId: number): TableDecision => ({ tableId, decision: accountDeactivated });
