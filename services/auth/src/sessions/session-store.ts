import { type Introspection, UserLoggedIn } from '@sandgate/contracts';
import { createBatcher } from '@sandgate/service-kit';
import { userLoggedInData } from '../accounts/user-logged-in-store.js';
import type { PrismaClient } from '../generated/prisma/client.js';

export interface NewSession {
  readonly accountId: string;
  /** The account must still have it. */
  readonly passwordHash: string;
  /** SHA-256 in hex, like all hashes here. */
  readonly sessionHash: string;
  readonly previousSessionHash: string | undefined;
  readonly traceparent: string;
}

export interface SessionStore {
  /** Opens a session after a password sign-in, announces it, and ends the browser's earlier one if it is another account's. False when the account has changed. */
  open(session: NewSession): Promise<boolean>;
  remove(sessionHash: string): Promise<void>;
  /** What a session stands for now. Concurrent calls share a statement. */
  introspect(sessionHash: string): Promise<Introspection>;
}

export const createSessionStore = (database: PrismaClient, sessionSeconds: number): SessionStore => ({
  async open({ accountId, passwordHash, sessionHash, previousSessionHash, traceparent }) {
    const opened = await database.$executeRaw`
      with owner as materialized (
        select * from account
        where id = ${accountId}::uuid and status = 'active' and password_hash = ${passwordHash} for no key update
      ), ended as (
        delete from session using owner where token_hash = decode(${previousSessionHash ?? null}, 'hex') and account_id <> owner.id
      ), announced as (
        insert into outbox (id, type, subject, data, traceparent)
        select gen_random_uuid(), ${UserLoggedIn.type}, a.id, ${userLoggedInData} || '{"signedInBy": "password"}', ${traceparent}
        from owner a
      )
      insert into session (token_hash, account_id, provider, created_at, expires_at)
      select decode(${sessionHash}, 'hex'), id, 'password', now(), now() + make_interval(secs => ${sessionSeconds}::float8) from owner`;
    return opened === 1;
  },
  async remove(sessionHash) {
    await database.$executeRaw`delete from session where token_hash = decode(${sessionHash}, 'hex')`;
  },
  introspect: createBatcher({
    run: (hashes: readonly string[]) => introspectSessions(database, hashes),
    maxSize: 256,
    lanes: 2,
  }),
});

interface IntrospectedRow {
  readonly single_sign_on: boolean;
  readonly hash: string | null;
  readonly account_id: string;
  readonly claims_version: number;
}

async function introspectSessions(database: PrismaClient, hashes: readonly string[]): Promise<Introspection[]> {
  const rows = await database.$queryRaw<IntrospectedRow[]>`
    select single_sign_on, s.hash, s.account_id, s.claims_version
    from (select exists (select from provider where enabled and (kind = 'oidc' or identity_provider_uri is not null)) as single_sign_on) p
      left join lateral (
        select encode(token_hash, 'hex') as hash, account_id, claims_version
        from session join account on account.id = account_id
        where token_hash = any (array(select decode(hash, 'hex') from unnest(${[...new Set(hashes)]}::text[]) as asked (hash)))
          and expires_at > now() and status = 'active'
      ) s on true`;
  const bySession = new Map(rows.map((row) => [row.hash, row]));
  const singleSignOn = rows[0]?.single_sign_on ?? false;
  return hashes.map((hash) => {
    const found = bySession.get(hash);
    return found
      ? { active: true, accountId: found.account_id, claimsVersion: found.claims_version }
      : { active: false, singleSignOn };
  });
}
