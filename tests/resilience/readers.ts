import { performance } from 'node:perf_hooks';
import { isDeepStrictEqual } from 'node:util';
import type { Kept } from './claims-model.js';
import type { Person } from './crowd.js';
import { firstPolicy, type Policy, visibleInvoices } from './invoices.js';
import type { Scene } from './scene.js';
import { type Answered, send } from './send.js';

/** Something that was asked for and, once answered, is in force. */
interface Change<State> {
  readonly state: State;
  readonly startedAt: number;
  /** Absent while, or if ever, it is not certain to be in force. */
  readonly acknowledgedAt?: number | undefined;
}

export interface ReadCounts {
  readonly rows: number;
  readonly denied: number;
  /** Codes of what was answered with 503 and Retry-After: not yet as new as the sign-in, or a part that does not answer. */
  readonly refused: readonly string[];
}

/** People who look at the invoices, and what each answer may hold: never anything older than what was acknowledged before they asked. */
export interface Readers {
  /** What an administrator changes, oldest first; its first entry holds from the start. */
  readonly policies: Change<Policy>[];
  /** One look. Throws when it shows what no state allows, or fails in another way than it may. */
  look(person: Person): Promise<void>;
  counts(): ReadCounts;
  /** Lets people look again and again. `stop` rejects with the first violation. */
  start(pace: { lanes: number; pauseMs: number; pick: () => Person }): { stop(): Promise<void> };
}

export function createReaders({ sandgate, installed }: Pick<Scene, 'sandgate' | 'installed'>): Readers {
  const counts = { rows: 0, denied: 0 };
  const refused: string[] = [];
  const policies: Change<Policy>[] = [{ state: firstPolicy, startedAt: 0, acknowledgedAt: 0 }];
  const url = `${sandgate.origin('dashboard')}/api/tables/${installed.tableId}/rows?limit=2000`;

  const look = async (person: Person): Promise<void> => {
    const session = person.signIns.findLast((signIn) => signIn.session !== undefined)?.session;
    if (session === undefined) return;
    const from = performance.now();
    const answered = await send(url, { headers: { 'x-metabase-session': session } });
    const to = performance.now();
    if (answered.status === 503 && Number(answered.headers['retry-after']) > 0)
      return void refused.push(answered.body.code);
    const seen = seenIn(answered);
    const people = statesBetween(signInsOf(person), from, to);
    const allowed = people.flatMap((kept) =>
      statesBetween(policies, from, to).map((policy) => visibleInvoices(kept, policy)),
    );
    if (!allowed.some((ids) => isDeepStrictEqual(ids, seen)))
      throw new Error(
        `${person.email} was shown ${seen?.length ?? 'no'} rows; ${JSON.stringify(people)} allow ${allowed.map((ids) => ids?.length ?? 'no')}`,
      );
    counts[seen ? 'rows' : 'denied'] += 1;
  };

  return {
    policies,
    look,
    counts: () => ({ ...counts, refused: [...refused] }),
    start({ lanes, pauseMs, pick }) {
      const stopping = new AbortController();
      const lane = async (): Promise<void> => {
        while (!stopping.signal.aborted) {
          await look(pick());
          await new Promise((resolve) => setTimeout(resolve, pauseMs));
        }
      };
      const running = Promise.all(Array.from({ length: lanes }, lane));
      // Whoever stops it learns of a failure.
      running.catch(() => undefined);
      return {
        stop: async () => {
          stopping.abort();
          await running;
        },
      };
    },
  };
}

/** Undefined for who is denied. */
function seenIn({ status, body, text }: Answered): readonly number[] | undefined {
  if (status === 403 && /^permissions\./.test(body.code)) return undefined;
  if (status !== 200) throw new Error(`a look was answered ${status}: ${text}`);
  return body.rows.map((row: unknown[]) => row[0]).sort((one: number, other: number) => one - other);
}

const signInsOf = ({ signIns, current }: Person): Change<Kept>[] => [
  ...signIns.map((signIn) => ({ ...signIn, state: signIn.kept })),
  ...(current ? [{ ...current, state: current.kept }] : []),
];

/** The last state that was acknowledged before `from`, and all that were asked for after it and before `to`. */
function statesBetween<State>(changes: readonly Change<State>[], from: number, to: number): State[] {
  const last = changes.findLastIndex(({ acknowledgedAt }) => acknowledgedAt !== undefined && acknowledgedAt <= from);
  return changes.slice(Math.max(last, 0)).flatMap(({ state, startedAt }) => (startedAt <= to ? [state] : []));
}
