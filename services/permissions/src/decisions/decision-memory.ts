import type { AppliedVersions } from './access-store.js';
import type { GroupOfAccount } from './decide-access.js';
import type { TableDecision } from './decide-tables.js';

/** What was compiled for an account. It holds for exactly these versions: whoever takes it from memory has read them anew. */
export interface CompiledAccess {
  readonly versions: Pick<AppliedVersions, 'accountRevision' | 'claimsVersion' | 'policyRevision'>;
  readonly groups: readonly GroupOfAccount[];
  /** By table. */
  readonly decisions: ReadonlyMap<number, TableDecision>;
  /** The same for every table of the catalogue, once all were asked for. */
  readonly all?: readonly TableDecision[];
}

export interface DecisionMemory {
  find(accountId: string): CompiledAccess | undefined;
  /** Keeps it beside what is known for the same versions, or in place of what is known for others. */
  keep(accountId: string, compiled: CompiledAccess): void;
  /** To be called with what this process has applied newer claims of. */
  forget(accountId: string): void;
  readonly bytes: number;
}

interface Kept {
  readonly compiled: CompiledAccess;
  readonly bytes: number;
}

/** Compiled forms of the accounts that were asked for last, at most about `maxBytes` of them. */
export function createDecisionMemory({ maxBytes }: { maxBytes: number }): DecisionMemory {
  // A Map keeps the order of insertion: the first is the one that was not used for longest.
  const accounts = new Map<string, Kept>();
  let bytes = 0;

  const forget = (accountId: string): void => {
    bytes -= accounts.get(accountId)?.bytes ?? 0;
    accounts.delete(accountId);
  };

  return {
    forget,
    get bytes() {
      return bytes;
    },
    find(accountId) {
      const kept = accounts.get(accountId);
      if (!kept) return undefined;
      accounts.delete(accountId);
      accounts.set(accountId, kept);
      return kept.compiled;
    },
    keep(accountId, compiled) {
      const known = accounts.get(accountId)?.compiled;
      const merged =
        known && isOf(known, compiled.versions)
          ? { ...known, ...compiled, decisions: new Map([...known.decisions, ...compiled.decisions]) }
          : compiled;
      forget(accountId);
      const kept = { compiled: merged, bytes: roughSize(merged) };
      accounts.set(accountId, kept);
      bytes += kept.bytes;
      for (const oldest of accounts.keys()) {
        if (bytes <= maxBytes) break;
        forget(oldest);
      }
    },
  };
}

/** Whether something compiled for `known` holds for these versions. */
export const isOf = (
  { versions }: CompiledAccess,
  { accountRevision, policyRevision }: Pick<AppliedVersions, 'accountRevision' | 'policyRevision'>,
): boolean => versions.accountRevision === accountRevision && versions.policyRevision === policyRevision;

function roughSize({ groups, decisions, all }: CompiledAccess): number {
  let size = 1_000 + groups.length * 300 + (all?.length ?? 0) * 60;
  for (const { decision } of decisions.values())
    size += decision.access === 'unrestricted' ? 60 : 60 + 4 * JSON.stringify(decision).length;
  return size;
}
