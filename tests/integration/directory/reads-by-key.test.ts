import { randomUUID } from 'node:crypto';
import { createAccountReader } from '../../../services/directory/src/accounts/read-account.js';
import { connect } from '../../../services/directory/src/database.js';
import { provisionAccounts } from '../../../services/directory/src/provisioning/provision-accounts.js';
import { writeRecords } from '../../../services/directory/src/records/record-store.js';
import { testReadsByKey } from '../../support/reads-by-key.js';
import { takingEvents } from '../taking-events.js';
import { aSignIn, type SignIn } from './sign-ins.js';

const people = Array.from({ length: 20 }, () => randomUUID());
const [somebody] = people as [string];
let claimsVersion = 1;

const signInsOf = (ids: readonly string[]): SignIn[] =>
  ids.map((accountId) => aSignIn({ accountId, claimsVersion, signedInBy: 'jwt' }));
const newClaimsOf = (ids: readonly string[]): SignIn[] => {
  claimsVersion += 1;
  return signInsOf(ids);
};

testReadsByKey({
  service: 'directory',
  connect,
  work: [
    {
      name: 'the first sign-in of somebody',
      run: (database) => provisionAccounts(signInsOf([randomUUID()]), database),
    },
    {
      name: 'a batch of sign-ins with new claims',
      of: people.length,
      run: (database) => provisionAccounts(newClaimsOf(people), database),
    },
    {
      name: 'a batch of sign-ins',
      of: people.length,
      run: (database) => provisionAccounts(signInsOf(people), database),
    },
    { name: 'a sign-in with new claims', run: (database) => provisionAccounts(newClaimsOf([somebody]), database) },
    { name: 'reading an account', run: (database) => createAccountReader(database).get(somebody) },
    {
      name: 'reading accounts',
      of: people.length,
      run: (database) => {
        const { get } = createAccountReader(database);
        return Promise.all(people.map(get));
      },
    },
    {
      name: 'recording a refusal',
      run: (database) =>
        writeRecords(database, [{ eventId: randomUUID(), kind: 'refusal', accountId: somebody, details: {} }]),
    },
    takingEvents,
  ],
  grow: `
    insert into account (id, email, revision, claims_version, token_attributes, claimed_groups)
      select gen_random_uuid(), 'grown-' || n, 1, 1, '{"account_id": 28}', '[]' from generate_series(1, 10000) n;
    insert into record (event_id, kind, at, account_id, details) select gen_random_uuid(), 'sign-in', now(), id, '{}' from account;
    insert into outbox (id, type, subject, data, traceparent) select gen_random_uuid(), 'grown', id, '{}', '' from account`,
});
