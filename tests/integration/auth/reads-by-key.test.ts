import { randomUUID } from 'node:crypto';
import { nextTraceparent } from '@sandgate/messaging';
import { createAccountStore } from '../../../services/auth/src/accounts/account-store.js';
import { createApiKeyStore } from '../../../services/auth/src/api-keys/api-key-store.js';
import { connect } from '../../../services/auth/src/database.js';
import type { PrismaClient } from '../../../services/auth/src/generated/prisma/client.js';
import { createSessionStore } from '../../../services/auth/src/sessions/session-store.js';
import { type NewSignIn, storeSignIns } from '../../../services/auth/src/sign-in/sign-in-store.js';
import { testReadsByKey } from '../../support/reads-by-key.js';
import { takingEvents } from '../taking-events.js';
import { anAddress, seconds } from './tokens.js';

interface Person {
  readonly email: string;
  readonly subject: string | undefined;
  readonly previous?: string;
}

const aHash = (): string => `${randomUUID()}${randomUUID()}`.replaceAll('-', '');
const aPerson = (subject?: string): Person => ({ email: anAddress(), subject });

const aSignIn = ({ email, subject, previous }: Person): NewSignIn => ({
  provider: 'jwt',
  verified: {
    email,
    subject,
    claims: {
      firstName: 'Anna',
      lastName: 'Berg',
      attributes: { account_id: 28 },
      groups: { presence: 'listed', names: ['Customer-Acme'] },
    },
    dropped: [],
    issuedAt: seconds(),
    token: { key: aHash(), once: true, rememberUntil: seconds() + 600 },
  },
  revision: 1,
  sessionHash: aHash(),
  previousSessionHash: previous,
  traceparent: nextTraceparent(),
});

async function signIn(database: PrismaClient, ...people: Person[]): Promise<void> {
  const { outcomes } = await storeSignIns(database, people.map(aSignIn), 600);
  if (outcomes.some((outcome) => 'refusal' in outcome)) throw new Error(JSON.stringify(outcomes));
}

const people = Array.from({ length: 20 }, (_, index) => aPerson(index % 2 === 0 ? undefined : randomUUID()));
const [somebody, withSubject] = people as [Person, Person];
const sessionHashes = people.map(aHash);
const [sessionHash] = sessionHashes as [string];
const keyHash = aHash();
const passwordOwner = { accountId: randomUUID(), passwordHash: 'argon2id' };

const sessionsOn = (database: PrismaClient) => createSessionStore(database, { sessionSeconds: 600, idleSeconds: 3600 });

const sessionsSeen = (ago: string): string => `
  delete from session where provider = 'given';
  insert into session (token_hash, account_id, provider, created_at, expires_at, last_seen_at)
    select decode(hash, 'hex'), account.id, 'given', now(), now() + interval '1 hour', now() - interval '${ago}'
    from account cross join unnest('{${sessionHashes.join()}}'::text[]) as hash where email = '${somebody.email}'`;

const keyUsed = (ago: string): string => `
  insert into account (id, email, is_api_key) values (gen_random_uuid(), 'api-key', true) on conflict do nothing;
  insert into api_key (account_id, key_hash, name, group_ids)
    select id, decode('${keyHash}', 'hex'), 'given', '{}' from account where email = 'api-key' on conflict do nothing;
  update api_key set last_used_at = now() - interval '${ago}' where name = 'given'`;

testReadsByKey<PrismaClient>({
  service: 'auth',
  connect,
  setUp: `
    update provider set enabled = true;
    insert into account (id, email, password_hash)
      values ('${passwordOwner.accountId}', 'owner@acme.example', '${passwordOwner.passwordHash}')`,
  // To a planner that knows that there is none, either of its indexes is as good for any look-up.
  except: 'identity',
  work: [
    { name: 'the first sign-in of somebody', run: (database) => signIn(database, aPerson()) },
    { name: 'the first sign-in under a subject', run: (database) => signIn(database, aPerson(randomUUID())) },
    { name: 'a sign-in', run: (database) => signIn(database, somebody) },
    { name: 'a sign-in under a subject', run: (database) => signIn(database, withSubject) },
    { name: 'a batch of sign-ins', of: people.length, run: (database) => signIn(database, ...people) },
    {
      name: "a sign-in in somebody else's browser",
      given: sessionsSeen('0 minutes'),
      run: (database) => signIn(database, { ...withSubject, previous: sessionHash }),
    },
    { name: 'finding a password', run: (database) => createAccountStore(database).findWithPassword(somebody.email) },
    {
      name: 'a sign-in with a password',
      given: sessionsSeen('0 minutes'),
      run: (database) =>
        sessionsOn(database).open({
          ...passwordOwner,
          sessionHash: aHash(),
          previousSessionHash: sessionHash,
          traceparent: nextTraceparent(),
        }),
    },
    {
      name: 'a sign-out',
      given: sessionsSeen('0 minutes'),
      run: (database) => sessionsOn(database).signOut(sessionHash, nextTraceparent()),
    },
    {
      name: 'the introspection of a session',
      given: sessionsSeen('0 minutes'),
      run: (database) => sessionsOn(database).introspect(sessionHash),
    },
    {
      name: 'the introspection of sessions that were long unseen',
      of: people.length,
      given: sessionsSeen('2 minutes'),
      run: (database) => {
        const { introspect } = sessionsOn(database);
        return Promise.all(sessionHashes.map(introspect));
      },
    },
    {
      name: 'the introspection of an API key',
      given: keyUsed('0 minutes'),
      run: (database) => createApiKeyStore(database).introspect(keyHash),
    },
    {
      name: 'the introspection of an API key that was long unused',
      given: keyUsed('2 minutes'),
      run: (database) => createApiKeyStore(database).introspect(keyHash),
    },
    takingEvents,
  ],
  grow: `
    insert into account (id, email, claims)
      select gen_random_uuid(), 'grown-' || n, '{"jwt": {"attributes": {"account_id": 28}}}' from generate_series(1, 10000) n;
    insert into identity (provider, kind, external_key, account_id)
      select 'jwt', case when random() < 0.5 then 'email' else 'subject' end, email, id from account where email like 'grown-%';
    insert into session (token_hash, account_id, provider, created_at, expires_at)
      select sha256(email::bytea), id, 'jwt', now(), now() + interval '1 hour' from account where email like 'grown-%';
    insert into api_key (account_id, key_hash, name, group_ids) select id, sha256(email::bytea), email, '{}' from account where email like 'grown-%';
    insert into used_token (key, once, uses, first_used_at, expires_at)
      select sha256(email::bytea), true, 1, now(), now() + interval '1 hour' from account where email like 'grown-%';
    insert into outbox (id, type, subject, data, traceparent) select gen_random_uuid(), 'grown', id, '{}', '' from account`,
});
