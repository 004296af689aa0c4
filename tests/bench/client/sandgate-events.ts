import { createHash, randomUUID } from 'node:crypto';
import { AccountChanged, type EventData, type EventDefinition, UserLoggedIn } from '@sandgate/contracts';
import { emailOf } from './tokens.js';

/** An event as its service publishes it, as JSON. */
function envelope<E extends EventDefinition>(event: E, subject: string, data: EventData<E>): string {
  return JSON.stringify({
    specversion: '1.0',
    id: randomUUID(),
    source: `/sandgate/${event.source}`,
    type: event.type,
    subject,
    time: new Date().toISOString(),
    datacontenttype: 'application/json',
    traceparent: `00-${createHash('md5').update(subject).digest('hex')}-00f067aa0ba902b7-01`,
    data,
  });
}

const groups = [{ provider: 'jwt', presence: 'listed' as const, names: ['Customer-Bench', 'Role-Analyst'] }];

const personOf = (number: number) => ({
  email: emailOf(number),
  firstName: 'Person',
  lastName: `Number ${number}`,
  groups,
  firstAdministrator: false,
});

export const userLoggedIn = (accountId: string, number: number): string =>
  envelope(UserLoggedIn, accountId, {
    ...personOf(number),
    accountId,
    claimsVersion: 1,
    attributes: { account_id: number % 1000, region: 'north' },
  });

export const accountChanged = (accountId: string, number: number): string =>
  envelope(AccountChanged, accountId, {
    ...personOf(number),
    accountId,
    revision: 1,
    claimsVersion: 1,
    status: 'active',
    attributes: { account_id: { value: number % 1000, source: 'token' }, region: { value: 'north', source: 'token' } },
  });

/**
 * One event for each of that many new accounts, and repeats of some of them, as a broker delivers them: as they were. The last ones
 * are no repeats, so that the end is seen in the database.
 */
export function eventsWithRepeats(
  make: (accountId: string, number: number) => string,
  { accounts, repeats }: { accounts: number; repeats: number },
): string[] {
  const every = Math.floor(accounts / repeats);
  const made = Array.from({ length: accounts }, (_, number) => make(randomUUID(), number));
  return made.flatMap((event, index) =>
    index % every === every - 1 && index < accounts - 1 ? [event, made[index - 1] as string] : [event],
  );
}
