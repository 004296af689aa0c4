import { isDeepStrictEqual } from 'node:util';
import type { AffectedAccount, Decision } from '@sandgate/contracts';
import type { AccessFacts, GroupOfAccount } from '../decisions/decide-access.js';
import { decideTables } from '../decisions/decide-tables.js';

const namedTables = 50;

/** What is other for an account after a change than before; undefined when nothing is that it could notice. */
export function diffAccess(accountId: string, before: AccessFacts, after: AccessFacts): AffectedAccount | undefined {
  const groupsAdded = groupsMissing(before.groups, after.groups);
  const groupsRemoved = groupsMissing(after.groups, before.groups);
  const earlier = new Map(decideTables(before).map(({ tableId, decision }) => [tableId, decision]));
  const tables = decideTables(after).flatMap(({ tableId, decision }) => {
    const was = earlier.get(tableId);
    return was === undefined || seesTheSame(was, decision)
      ? []
      : [{ tableId, before: accessOf(was), after: accessOf(decision) }];
  });
  if (groupsAdded.length + groupsRemoved.length + tables.length === 0) return undefined;
  return {
    accountId,
    groupsAdded,
    groupsRemoved,
    tablesAffected: tables.length,
    tables: tables.slice(0, namedTables),
  };
}

const groupsMissing = (from: readonly GroupOfAccount[], of: readonly GroupOfAccount[]) =>
  of.filter(({ id }) => !from.some((group) => group.id === id)).map(({ id, name }) => ({ id, name }));

/** Whoever is denied sees nothing, whatever the reason. */
const seesTheSame = (one: Decision, other: Decision): boolean =>
  one.access === 'denied' ? other.access === 'denied' : isDeepStrictEqual(one, other);

const accessOf = (decision: Decision) =>
  decision.access === 'denied' ? { access: decision.access, reason: decision.reason } : { access: decision.access };
