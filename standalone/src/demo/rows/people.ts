import type { AccountRow } from './accounts.js';
import { date, dayOf, timestamp } from './formats.js';
import { seededRandom } from './random.js';
import { cities, firstNames, lastNames } from './words.js';

export interface PersonRow {
  readonly id: number;
  readonly account_id: number;
  readonly first_name: string;
  readonly last_name: string;
  readonly email: string;
  readonly city: string;
  readonly birth_date: string;
  readonly newsletter: boolean;
  readonly created_at: string;
}

/** Six hundred people who work for the accounts. */
export function generatePeople(accounts: readonly AccountRow[]): PersonRow[] {
  const random = seededRandom(2);
  return Array.from({ length: 600 }, (_, index) => {
    const id = index + 1;
    const firstName = random.pick(firstNames);
    const lastName = random.pick(lastNames);
    return {
      id,
      account_id: random.between(1, accounts.length),
      first_name: firstName,
      last_name: lastName,
      email: `${firstName}.${lastName}.${id}@people.example`.toLowerCase(),
      city: random.pick(cities),
      birth_date: date(random.between(dayOf('1958-01-01'), dayOf('2003-12-31'))),
      newsletter: random.percent(40),
      created_at: timestamp(random.between(dayOf('2023-01-02'), dayOf('2024-06-28')), random.between(0, 86_399)),
    };
  });
}
