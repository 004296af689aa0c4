import type { AccountRow, Plan } from './accounts.js';
import { date, dayOf, money, timestamp } from './formats.js';
import { type Random, seededRandom } from './random.js';

export interface InvoiceRow {
  readonly id: number;
  readonly account_id: number | null;
  readonly number: string;
  readonly plan: Plan | null;
  readonly amount: string;
  readonly tax: string;
  readonly is_recurring: boolean;
  readonly status: 'paid' | 'open' | 'overdue';
  readonly issued_on: string;
  readonly due_on: string;
  readonly paid_at: string | null;
}

const COUNT = 10_000;
const WITHOUT_ACCOUNT = 120;
const PER_ACCOUNT = { least: 20, most: 500 };

/** The day on which the books of the sample were closed: what is unpaid then is open or, when past due, overdue. */
const CLOSED_ON = dayOf('2026-09-30');
const FIRST_DAY = dayOf('2023-01-02');

/** Ten thousand invoices in the order in which they were issued, so that the accounts are mixed; some belong to none. */
export function generateInvoices(accounts: readonly AccountRow[]): InvoiceRow[] {
  const random = seededRandom(6);
  const counts = countsPerAccount(accounts.length, random);
  const owners = accounts.flatMap((account, index) => Array.from({ length: counts[index] ?? 0 }, () => account));
  const nobody = Array.from({ length: WITHOUT_ACCOUNT }, () => undefined);
  return random.shuffled([...owners, ...nobody]).map((account, index) => invoice(index + 1, account, random));
}

/** How many invoices each account has: few have many. Together with those of no account they are COUNT. */
function countsPerAccount(accounts: number, random: Random): number[] {
  const counts = Array.from({ length: accounts }, () => PER_ACCOUNT.least);
  const chances = counts.map(() => random.pick([1, 1, 2, 3, 5, 8, 13, 30]));
  const tickets = chances.flatMap((chance, index) => Array.from({ length: chance }, () => index));
  let left = COUNT - WITHOUT_ACCOUNT - accounts * PER_ACCOUNT.least;
  while (left > 0) {
    const winner = random.pick(tickets);
    const count = counts[winner] ?? 0;
    if (count >= PER_ACCOUNT.most) continue;
    counts[winner] = count + 1;
    left -= 1;
  }
  return counts;
}

function invoice(id: number, account: AccountRow | undefined, random: Random): InvoiceRow {
  const issued = FIRST_DAY + Math.floor((id * (CLOSED_ON - FIRST_DAY)) / COUNT);
  const due = issued + random.pick([14, 30, 30, 60]);
  const paid = random.percent(96) ? issued + random.between(1, 75) : undefined;
  const isPaid = paid !== undefined && paid <= CLOSED_ON;
  const amountCents = random.between(1_900, 480_000);
  return {
    id,
    account_id: account?.id ?? null,
    number: `INV-${String(id).padStart(6, '0')}`,
    plan: account?.plan ?? null,
    amount: money(amountCents),
    tax: money(Math.floor((amountCents * 19) / 100)),
    is_recurring: random.percent(70),
    status: isPaid ? 'paid' : due < CLOSED_ON ? 'overdue' : 'open',
    issued_on: date(issued),
    due_on: date(due),
    paid_at: isPaid ? timestamp(paid, random.between(0, 86_399)) : null,
  };
}
