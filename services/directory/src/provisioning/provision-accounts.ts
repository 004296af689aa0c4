import type { EventData, UserLoggedIn } from '@sandgate/contracts';
import { nextTraceparent, type OutboxRow, type ReceivedEvent, type SqlClient } from '@sandgate/messaging';
import type { Account } from '../accounts/account.js';
import { decideClaimsChange } from '../records/decide-claims-change.js';
import { decideShownValues } from '../records/decide-shown-values.js';
import type { NewRecord } from '../records/record.js';
import { decideProvisioning } from './decide-provisioning.js';
import { type ProvisionedAccount, readForProvisioning, type SignIn, saveProvisioned } from './provisioning-store.js';

type Received = ReceivedEvent<EventData<typeof UserLoggedIn>>;

/** How often others may win the race for an account. */
const maxRaces = 10;

/**
 * Applies sign-ins in two statements however many there are. An account with newer claims changes once, to the newest of them, and is
 * announced; the others only keep when they were last seen. Each sign-in and each change of claims is recorded. What somebody else changes
 * between the two statements is applied again. Answers what was announced. Safe to repeat, late and out of order.
 */
export async function provisionAccounts(signIns: readonly Received[], database: SqlClient): Promise<OutboxRow[]> {
  const announced: OutboxRow[] = [];
  let left = signIns;
  for (let races = 0; left.length > 0; races += 1) {
    if (races > maxRaces) throw new Error(`accounts of ${left.length} sign-ins are changed by others again and again`);
    const saved = await provisionOnce(left, database);
    announced.push(...saved.announced);
    left = left.filter(({ data }) => saved.raced.has(data.accountId));
  }
  return announced;
}

async function provisionOnce(signIns: readonly Received[], database: SqlClient): ReturnType<typeof saveProvisioned> {
  const byAccount = byAccountOf(signIns);
  const { known, privateAttributes } = await readForProvisioning(database, [...byAccount.keys()]);
  const changed: ProvisionedAccount[] = [];
  const unchanged: SignIn[] = [];
  const records: NewRecord[] = signIns.flatMap(recordOfSignIn);
  for (const [id, events] of byAccount) {
    const before = known.get(id);
    const signedInAt = lastSignInOf(events);
    const { account, traceparent, changes } = applyInOrder(before, events);
    records.push(...changes);
    if (account) {
      // However many versions it has gone through, it is one change of the account.
      const revised = { ...account, revision: (before?.revision ?? 0) + 1 };
      changed.push({ account: revised, signedInAt, traceparent: nextTraceparent(traceparent) });
    } else if (signedInAt !== null) unchanged.push({ id, signedInAt });
  }
  const shown = records.map((record) => ({
    ...record,
    ...(record.before && { before: decideShownValues(record.before, privateAttributes) }),
    ...(record.after && { after: decideShownValues(record.after, privateAttributes) }),
  }));
  return saveProvisioned(database, { changed, unchanged, records: shown });
}

function byAccountOf(signIns: readonly Received[]): ReadonlyMap<string, readonly Received[]> {
  const byAccount = new Map<string, Received[]>();
  for (const signIn of signIns) {
    const { accountId } = signIn.data;
    const others = byAccount.get(accountId);
    if (others) others.push(signIn);
    else byAccount.set(accountId, [signIn]);
  }
  return byAccount;
}

/** The account after all of its sign-ins, if any has newer claims, and what each of those changed. */
function applyInOrder(
  before: Account | undefined,
  events: readonly Received[],
): { account: Account | undefined; traceparent: string | undefined; changes: NewRecord[] } {
  let account: Account | undefined;
  let traceparent: string | undefined;
  const changes: NewRecord[] = [];
  for (const event of events.toSorted((a, b) => a.data.claimsVersion - b.data.claimsVersion)) {
    const last = account ?? before;
    const next = decideProvisioning(event.data, last);
    if (!next) continue;
    const change = decideClaimsChange(last, next);
    if (change) changes.push({ eventId: event.id, kind: 'claims', at: event.time, accountId: next.id, ...change });
    account = next;
    traceparent = event.traceparent;
  }
  return { account, traceparent, changes };
}

/** None of an event that no sign-in is the cause of: a resync, or the operator's environment. */
const recordOfSignIn = ({ id, time, data: { accountId, signedInBy } }: Received): NewRecord[] =>
  signedInBy === undefined
    ? []
    : [{ eventId: id, kind: 'sign-in', at: time, accountId, details: { provider: signedInBy } }];

/** Null where none of them is a sign-in. */
function lastSignInOf(events: readonly Received[]): string | null {
  const times = events.filter(({ data }) => data.signedInBy !== undefined).map(({ time }) => Date.parse(time));
  return times.length === 0 ? null : new Date(Math.max(...times)).toISOString();
}
