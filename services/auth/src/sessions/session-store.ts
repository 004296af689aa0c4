import { AuthSettingsChanged, type Introspection, type Session, UserLoggedIn } from '@sandgate/contracts';
import type { Author } from '@sandgate/messaging';
import { createBatcher, findPage, type ListPage } from '@sandgate/service-kit';
import { userLoggedInData } from '../accounts/user-logged-in-store.js';
import { Prisma, type PrismaClient } from '../generated/prisma/client.js';
import { announceSettingsChange } from '../settings/announce-settings-change.js';

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
  /** Ends a session by its own token, and announces that its holder did. Nothing when there is none any more. */
  signOut(sessionHash: string, traceparent: string): Promise<void>;
  /** What a session stands for now. Concurrent calls share a statement. */
  introspect(sessionHash: string): Promise<Introspection>;
  /** Sessions of an account that are not over, the newest first. */
  list(wanted: WantedSessions): Promise<ListPage<Session>>;
  /** Ends one, if it is that account's where one is named, and announces that. False when there is no such session. */
  end(session: { readonly id: string; readonly accountId?: string }, by: Author): Promise<boolean>;
  /** Ends all sessions of an account, and announces that; answers how many. */
  endAll(accountId: string, by: Author): Promise<number>;
}

export interface WantedSessions {
  readonly accountId: string;
  readonly limit: number;
  readonly offset: number;
  /** The session that asks. */
  readonly currentHash: string;
}

/** How long a session lasts: so long after the sign-in, and, where there is an idle limit, so long after it was last used. */
export interface SessionLimits {
  readonly sessionSeconds: number;
  readonly idleSeconds?: number | undefined;
}

export const createSessionStore = (
  database: PrismaClient,
  { sessionSeconds, idleSeconds }: SessionLimits,
): SessionStore => ({
  async open({ accountId, passwordHash, sessionHash, previousSessionHash, traceparent }) {
    const opened = await database.$executeRaw`
      with owner as materialized (
        select * from account
        where id = ${accountId}::uuid and status = 'active' and password_hash = ${passwordHash} and (select enabled from password_sign_in)
        for no key update
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
  async signOut(sessionHash, traceparent) {
    // In one statement, unlike what administrators change: everybody signs out.
    await database.$executeRaw`
      with ended as (
        delete from session where token_hash = decode(${sessionHash}, 'hex') returning account_id
      )
      insert into outbox (id, type, subject, data, traceparent)
      select gen_random_uuid(), ${AuthSettingsChanged.type}, account_id, jsonb_build_object('what', 'sessions', 'id', account_id,
        'accountId', account_id, 'actorId', account_id, 'before', null, 'after', jsonb_build_object('ended', 1, 'endedBy', 'sign-out')), ${traceparent}
      from ended`;
  },
  introspect: createBatcher({
    run: (hashes: readonly string[]) => introspectSessions(database, hashes, idleSeconds),
    maxSize: 256,
    lanes: 2,
  }),
  async list({ accountId, limit, offset, currentHash }) {
    const all = Prisma.sql`session s where account_id = ${accountId}::uuid and ${isCurrent(idleSeconds)}`;
    const { data, total } = await findPage<SessionRow>(database, {
      page: Prisma.sql`
        select id, account_id, provider, created_at, last_seen_at, expires_at, token_hash = decode(${currentHash}, 'hex') as current
        from ${all} order by created_at desc, id limit ${limit}::int offset ${offset}::int`,
      orderBy: Prisma.sql`created_at desc, id`,
      all,
    });
    return { data: data.map(toSession), total };
  },
  end: ({ id, accountId }, by) =>
    database.$transaction(async (tx) => {
      const [ended] = await tx.$queryRaw<{ account_id: string }[]>`
        delete from session where id = ${id}::uuid and account_id = coalesce(${accountId ?? null}::uuid, account_id) returning account_id`;
      if (ended) await announceEnd(tx, by, { accountId: ended.account_id, ended: 1 });
      return ended !== undefined;
    }),
  endAll: (accountId, by) =>
    database.$transaction(async (tx) => {
      const ended = await tx.$executeRaw`delete from session where account_id = ${accountId}::uuid`;
      if (ended > 0) await announceEnd(tx, by, { accountId, ended });
      return ended;
    }),
});

const announceEnd = (
  tx: Prisma.TransactionClient,
  by: Author,
  { accountId, ended }: { accountId: string; ended: number },
): Promise<void> =>
  announceSettingsChange(tx, by, { what: 'sessions', id: accountId, accountId, before: null, after: { ended } });

interface SessionRow {
  readonly id: string;
  readonly account_id: string;
  readonly provider: string;
  readonly created_at: Date;
  readonly last_seen_at: Date;
  readonly expires_at: Date;
  readonly current: boolean;
}

const toSession = ({ id, ...row }: SessionRow): Session => ({
  id,
  accountId: row.account_id,
  provider: row.provider,
  createdAt: row.created_at.toISOString(),
  lastSeenAt: row.last_seen_at.toISOString(),
  expiresAt: row.expires_at.toISOString(),
  current: row.current,
});

/** Of a session under the alias `s`: neither limit is reached. */
export const isWithinLimits = (idleSeconds: number | undefined): Prisma.Sql => Prisma.sql`s.expires_at > now()
  and s.last_seen_at > coalesce(now() - make_interval(secs => ${idleSeconds ?? null}::float8), '-infinity')`;

/** And the key that opened it is still one that is believed. */
const isCurrent = (idleSeconds: number | undefined): Prisma.Sql => Prisma.sql`${isWithinLimits(idleSeconds)}
  and (s.key_id is null or exists (
    select from signing_key where id = s.key_id and (retire_at is null or retire_at > now())))`;

interface IntrospectedRow {
  readonly hash: string;
  readonly accountId: string;
  readonly claimsVersion: number;
  readonly isLongUnseen: boolean;
}

/** Most ask for a session that there is, and has been seen just now: for these it is one statement, and as small as can be. */
async function introspectSessions(
  database: PrismaClient,
  hashes: readonly string[],
  idleSeconds: number | undefined,
): Promise<Introspection[]> {
  const rows = await database.$queryRaw<IntrospectedRow[]>`
    select hash, account_id as "accountId", claims_version as "claimsVersion", last_seen_at < now() - interval '1 minute' as "isLongUnseen"
    from unnest(${[...new Set(hashes)]}::text[]) as asked (hash)
      -- A limit keeps each look-up one by its key: without, the sessions that are not over are all looked up too, by their end.
      cross join lateral (select * from session where token_hash = decode(hash, 'hex') limit 1) s
      cross join lateral (select claims_version, status from account where id = s.account_id limit 1) account
    where status = 'active' and ${isCurrent(idleSeconds)}`;
  const sessions = new Map(rows.map((row) => [row.hash, row]));
  const longUnseen = rows.flatMap(({ hash, isLongUnseen }) => (isLongUnseen ? [hash] : []));
  if (longUnseen.length > 0) await noteSeen(database, longUnseen);
  const singleSignOn = hashes.some((hash) => !sessions.has(hash)) && (await hasSingleSignOn(database));
  return hashes.map((hash) => {
    const found = sessions.get(hash);
    return found
      ? { active: true, accountId: found.accountId, claimsVersion: found.claimsVersion }
      : { active: false, singleSignOn };
  });
}

/** Once a minute for a session that is used. A row that somebody else holds is left alone, for it waits for nobody. */
async function noteSeen(database: PrismaClient, hashes: readonly string[]): Promise<void> {
  await database.$executeRaw`
    update session set last_seen_at = now() where token_hash = any (array(
      select token_hash from session
      where token_hash = any (array(select decode(hash, 'hex') from unnest(${hashes}::text[]) as seen (hash)))
      for no key update skip locked))`;
}

async function hasSingleSignOn(database: PrismaClient): Promise<boolean> {
  const [found] = await database.$queryRaw<{ exists: boolean }[]>`
    select exists (select from provider where enabled and (kind = 'oidc' or identity_provider_uri is not null))`;
  return found?.exists ?? false;
}
