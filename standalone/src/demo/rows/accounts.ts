import { date, dayOf, money, timestamp } from './formats.js';
import { seededRandom } from './random.js';
import { companyNames, companyTrades, regions } from './words.js';

export interface AccountRow {
  readonly id: number;
  readonly name: string;
  readonly email: string;
  readonly plan: Plan;
  readonly region: string;
  readonly seats: number;
  readonly monthly_fee: string;
  readonly is_active: boolean;
  readonly trial_ends_on: string;
  readonly created_at: string;
}

export type Plan = 'Basic' | 'Business' | 'Premium';
const feeCentsPerSeat = { Basic: 900, Business: 2_400, Premium: 4_900 };

/** The customers of the demonstration have accounts with their names. */
const customers: ReadonlyMap<number, string> = new Map([
  [5, 'Globex'],
  [28, 'Acme'],
  [41, 'Acme Logistics'],
]);

/** A hundred accounts, opened in the two years before the first invoice. */
export function generateAccounts(): AccountRow[] {
  const random = seededRandom(11);
  const names = random.shuffled(companyNames.flatMap((name) => companyTrades.map((trade) => `${name} ${trade}`)));
  return names.map((companyName, index) => {
    const id = index + 1;
    const name = customers.get(id) ?? companyName;
    const plan = random.pick<Plan>(['Basic', 'Basic', 'Business', 'Business', 'Premium']);
    const seats = random.between(3, 120);
    const opened = random.between(dayOf('2021-01-04'), dayOf('2022-12-16'));
    return {
      id,
      name,
      email: `billing@${name.toLowerCase().replace(' ', '-')}.example`,
      plan,
      region: random.pick(regions),
      seats,
      monthly_fee: money(feeCentsPerSeat[plan] * seats),
      is_active: random.percent(92),
      trial_ends_on: date(opened + 14),
      created_at: timestamp(opened, random.between(0, 86_399)),
    };
  });
}
