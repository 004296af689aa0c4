import { randomUUID } from 'node:crypto';
import { takeOver } from '../../../services/permissions/src/accounts/take-over.js';
import { connect } from '../../../services/permissions/src/database.js';
import { loadAccess, readVersions } from '../../../services/permissions/src/decisions/access-store.js';
import { testReadsByKey } from '../../support/reads-by-key.js';
import { takingEvents } from '../taking-events.js';
import { type Account, anAccount } from './running-permissions.js';

const people = Array.from({ length: 20 }, () => randomUUID());
const [somebody] = people as [string];
let revision = 1;

const statesOf = (ids: readonly string[], names = ['Group 1', 'Group 2']): Account[] => {
  revision += 1;
  const groups = ['jwt', 'okta'].map((provider) => ({ provider, presence: 'listed' as const, names }));
  return ids.map((accountId) => anAccount({ accountId, revision, groups }));
};

testReadsByKey({
  service: 'permissions',
  connect,
  setUp: `
    update group_sync set enabled = true, mode = 'by-name' where provider = 'jwt';
    insert into group_sync (provider, enabled) values ('okta', true);
    insert into "group" (name) select 'Group ' || n from generate_series(1, 20) n;
    insert into group_mapping (provider, name, group_id) select 'okta', name, id from "group" where kind = 'custom';
    insert into catalogue_database (id, name, revision) values (1, 'Sample Database', 1);
    insert into catalogue_table (id, database_id, schema_name, name, columns, foreign_keys) values (1, 1, 'public', 'invoices', '[]', '[]');
    insert into data_permission (group_id, database_id, schema_name, table_id, access, rule)
      select id, 1, 'public', 1, 'sandboxed', '{"column": "account_id", "operator": "=", "value": 28}' from "group" where kind = 'custom'`,
  work: [
    { name: 'the first state of somebody', run: (database) => takeOver(database, statesOf([randomUUID()])) },
    {
      name: 'the first state of an administrator',
      run: (database) => takeOver(database, [anAccount({ firstAdministrator: true })]),
    },
    {
      name: 'a batch of states',
      of: people.length,
      run: (database) => takeOver(database, statesOf(people)),
    },
    { name: 'a state', run: (database) => takeOver(database, statesOf([somebody])) },
    {
      name: 'a state with another group',
      run: (database) => takeOver(database, statesOf([somebody], [`Group ${revision}`])),
    },
    { name: 'the versions of an account', run: (database) => readVersions(database, [somebody]) },
    { name: 'the versions of accounts', of: people.length, run: (database) => readVersions(database, people) },
    {
      name: 'the access of an account to a table',
      run: (database) => loadAccess(database, [{ accountId: somebody, tableIds: [1] }]),
    },
    { name: 'the access of an account', run: (database) => loadAccess(database, [{ accountId: somebody }]) },
    {
      name: 'the access of accounts',
      of: people.length,
      run: (database) =>
        loadAccess(
          database,
          people.map((accountId) => ({ accountId, tableIds: [1] })),
        ),
    },
    {
      ...takingEvents,
      // Permissions announces little.
      given: `
        insert into outbox (id, type, subject, data, traceparent)
          select gen_random_uuid(), 'given', n, '{}', '' from generate_series(1, 20) n`,
    },
  ],
  grow: `
    insert into account (id, revision, claims_version, status, attributes)
      select gen_random_uuid(), 1, 1, 'active', '{}' from generate_series(1, 10000);
    insert into claimed_group (account_id, provider, name, presence)
      select id, provider, 'Group 1', 'listed' from account cross join unnest('{jwt,okta}'::text[]) as provider on conflict do nothing;
    insert into membership (group_id, account_id, source)
      select "group".id, account.id, 'manual' from account join "group" on name = 'Group 2' on conflict do nothing;
    insert into "group" (name) select 'Grown ' || n from generate_series(1, 10000) n;
    insert into group_mapping (provider, name, group_id) select 'okta', name, id from "group" where name like 'Grown%';
    insert into data_permission (group_id, database_id, schema_name, table_id, access)
      select id, 1, 'public', 1, 'unrestricted' from "group" where name like 'Grown%';
    insert into outbox (id, type, subject, data, traceparent) select gen_random_uuid(), 'grown', id, '{}', '' from account`,
});
