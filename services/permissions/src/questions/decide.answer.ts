import { type Decision, decide } from '@sandgate/contracts';
import { type Answer, answer } from '@sandgate/service-kit';
import type { CurrentAccess, FindCurrentAccess } from '../decisions/current-access.js';
import { accountDeactivated, tableUnknown } from '../decisions/decide-access.js';
import type { TableDecision } from '../decisions/decide-tables.js';

export const answerDecide = (findCurrentAccess: FindCurrentAccess): Answer =>
  answer(decide, async (wanted) => {
    const access = await findCurrentAccess(wanted);
    return { decisions: [...decisionsOf(access, wanted.tableIds)] };
  });

function decisionsOf(access: CurrentAccess, tableIds: readonly number[] | undefined): readonly TableDecision[] {
  if (!tableIds)
    return access.active
      ? (access.all ?? [])
      : (access.all ?? []).map(({ tableId }) => ({ tableId, decision: accountDeactivated }));
  const decisionOf = (tableId: number): Decision =>
    access.active ? (access.decisions.get(tableId) ?? tableUnknown) : accountDeactivated;
  return tableIds.map((tableId) => ({ tableId, decision: decisionOf(tableId) }));
}
