import { Failure } from '@sandgate/contracts';
import type { Database } from '@sandgate/messaging';
import { createBatcher } from '@sandgate/service-kit';
import type { AppliedWait } from '../accounts/await-applied.js';
import {
  type AppliedVersions,
  type LoadedAccess,
  loadAccess,
  readVersions,
  type WantedAccess,
} from './access-store.js';
import { decideTables } from './decide-tables.js';
import { type CompiledAccess, type DecisionMemory, isOf } from './decision-memory.js';

export interface CurrentAccess extends CompiledAccess {
  /** False while deactivated or while a deactivation is reserved: then nothing of the rest counts. */
  readonly active: boolean;
}

/**
 * Answers what an account may see now, with claims at least as new as asked for: waits for them up to two seconds, then
 * `permissions.not_yet_applied`. The versions that an answer rests on are read from the database for it, in one statement that
 * concurrent answers share; memory only saves compiling anew what is compiled for exactly these versions.
 */
export type FindCurrentAccess = (wanted: WantedAccess & { readonly claimsVersion: number }) => Promise<CurrentAccess>;

export function createCurrentAccess(parts: {
  database: Database;
  memory: DecisionMemory;
  applied: AppliedWait;
}): FindCurrentAccess {
  const { database, memory, applied } = parts;
  const versionsOf = createBatcher<string, AppliedVersions | undefined>({
    run: (ids) => readVersions(database, ids),
    maxSize: 256,
    lanes: 4,
  });
  const load = createBatcher<WantedAccess, LoadedAccess | undefined>({
    run: (wanted) => loadAccess(database, wanted),
    maxSize: 64,
    lanes: 4,
  });

  const fromMemory = async (
    known: CompiledAccess,
    { accountId, tableIds }: WantedAccess,
  ): Promise<CurrentAccess | undefined> => {
    if (!covers(known, tableIds)) return undefined;
    const versions = await versionsOf(accountId);
    return versions && isOf(known, versions) ? { ...known, active: versions.active } : undefined;
  };

  const fromDatabase = async ({ accountId, tableIds }: WantedAccess): Promise<CurrentAccess | undefined> => {
    const loaded = await load({ accountId, tableIds });
    if (!loaded) return undefined;
    const compiled = compile(loaded, tableIds);
    memory.keep(accountId, compiled);
    return { ...compiled, active: loaded.versions.active };
  };

  return async (wanted) => {
    const { accountId, claimsVersion } = wanted;
    const isNew = ({ versions }: CompiledAccess): boolean => versions.claimsVersion >= claimsVersion;
    const known = memory.find(accountId);
    const current = known && isNew(known) ? await fromMemory(known, wanted) : undefined;
    if (current) return current;
    // What this process applies it forgets. So newer claims than those in memory are on their way, and there is nothing better to load yet.
    const loaded = known && !isNew(known) ? undefined : await fromDatabase(wanted);
    if (loaded && isNew(loaded)) return loaded;
    const isApplied = await applied.until(accountId, (progress) => progress.claimsVersion >= claimsVersion);
    const reloaded = isApplied ? await fromDatabase(wanted) : undefined;
    if (!reloaded || !isNew(reloaded)) throw new Failure('permissions.not_yet_applied');
    return reloaded;
  };
}

const covers = ({ decisions, all }: CompiledAccess, tableIds: readonly number[] | undefined): boolean =>
  tableIds ? tableIds.every((id) => decisions.has(id)) : all !== undefined;

function compile({ versions, facts }: LoadedAccess, tableIds: readonly number[] | undefined): CompiledAccess {
  const all = decideTables(facts, tableIds);
  const decisions = new Map(all.map((one) => [one.tableId, one]));
  return { versions, groups: facts.groups, decisions, ...(tableIds ? {} : { all }) };
}
