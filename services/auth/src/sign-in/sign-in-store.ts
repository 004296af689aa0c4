import { randomUUID } from 'node:crypto';
import { type ErrorCode, UserLoggedIn } from '@sandgate/contracts';
import type { Outbox, OutboxRow } from '@sandgate/messaging';
import { createBatcher, sqlStateOf } from '@sandgate/service-kit';
import { userLoggedInData } from '../accounts/user-logged-in-store.js';
import type { PrismaClient } from '../generated/prisma/client.js';
import type { VerifiedSignIn } from './verify-token.js';

export interface NewSignIn {
  /** Name of the provider that vouches for it. */
  readonly provider: string;
  readonly verified: VerifiedSignIn;
  /** Id of the key that signed it; the session is over when that is deleted or retired. */
  readonly keyId?: string | undefined;
  /** Revision of the providers under which it was verified. */
  readonly revision: number;
  /** Seconds since 1970: the session ends then, if that is sooner than it would anyway. */
  readonly sessionEndsAt?: number | undefined;
  /** SHA-256 in hex of the session that it opens, and of the one that the browser had. */
  readonly sessionHash: string;
  readonly previousSessionHash: string | undefined;
  readonly traceparent: string;
}

/**
 * `stale`: try again, the providers have changed since the verification, or somebody else signs in to the account in the same statement. A
 * sign-in that is not one has written nothing, except that the token counts as used where the account was deactivated while the statement ran.
 */
export type SignInOutcome =
  | { readonly accountId: string }
  | { readonly refusal: ErrorCode | 'stale'; readonly accountId: string | undefined };

interface SignInStoreDependencies {
  readonly database: PrismaClient;
  readonly outbox: Outbox;
  /** The longest that a session lasts. */
  readonly sessionSeconds: number;
}

/**
 * Stores verified sign-ins, and hands their events to the relay. Concurrent ones share a statement and its commit; those of one token, person,
 * address or browser never do. Rows are locked in the order of their keys, providers before tokens before accounts before identities before
 * sessions, so that two instances do not deadlock.
 */
export const createSignInStore = ({
  database,
  outbox,
  sessionSeconds,
}: SignInStoreDependencies): ((signIn: NewSignIn) => Promise<SignInOutcome>) =>
  createBatcher({
    async run(signIns: readonly NewSignIn[]) {
      const { outcomes, events } = await againAfterRace(() => storeSignIns(database, signIns, sessionSeconds));
      if (events.length > 0) outbox.wake(events);
      return outcomes;
    },
    maxSize: 256,
    lanes: 2,
    keysOf: ({ provider, verified, previousSessionHash: previous }) => [
      verified.email,
      verified.token.key,
      ...(verified.subject === undefined ? [] : [`${provider}\0${verified.subject}`]),
      ...(previous ? [previous] : []),
    ],
  });

/** How often others may win the same race. */
const maxRaces = 5;

/**
 * Two instances that make or link the same thing at once meet in a unique index, and the later one begins anew, on what the other has
 * committed. Nothing of its attempt remains, the used token included.
 */
export async function againAfterRace<Result>(attempt: () => Promise<Result>): Promise<Result> {
  for (let races = 0; ; races += 1) {
    try {
      return await attempt();
    } catch (error) {
      if (races >= maxRaces || !isLostRace(error)) throw error;
    }
  }
}

/** PostgreSQL, appendix A: unique_violation, deadlock_detected. */
const isLostRace = (error: unknown): boolean => ['23505', '40P01'].includes(String(sqlStateOf(error)));

const toRow = ({ verified, ...signIn }: NewSignIn, n: number): Record<string, unknown> => ({
  n,
  provider: signIn.provider,
  key_id: signIn.keyId,
  revision: signIn.revision,
  subject: verified.subject,
  email: verified.email,
  new_id: randomUUID(),
  claims: { ...verified.claims, ...(verified.issuedAt !== undefined && { iat: verified.issuedAt }) },
  token_key: verified.token.key,
  once: verified.token.once,
  remember_until: verified.token.rememberUntil,
  session: signIn.sessionHash,
  ends_at: signIn.sessionEndsAt,
  previous: signIn.previousSessionHash,
  traceparent: signIn.traceparent,
});

/**
 * One statement. `present` keeps the providers from being removed meanwhile. `found` looks for the account: by the subject, else by what
 * tokens of this provider without one said, else by the e-mail. `candidate` refuses by what is committed. `consumed` inserts the token, or finds
 * it used; one without `jti` passes again within 10 s. `decided` decides on the latest row of an account, under its lock, what becomes of
 * the claims: a name that is absent stays, groups that are null or absent keep the last list, an `iat` below the highest accepted of the
 * provider changes nothing. A repeat brings no claims, and is announced as the sign-in that it is.
 *
 * Whose account it is: an e-mail links to an account only where the provider is trusted for its domain, and to none that the provider
 * knows under another subject. A domain for which a provider is trusted is closed to those that are not, so that nobody makes or keeps an
 * account there ahead of its owner. A known subject keeps its account whatever its e-mail becomes; the account takes the new e-mail if
 * that is free and not closed, and no password belongs to the old one.
 */
export async function storeSignIns(
  database: Pick<PrismaClient, '$queryRaw'>,
  signIns: readonly NewSignIn[],
  sessionSeconds: number,
): Promise<{ outcomes: SignInOutcome[]; events: OutboxRow[] }> {
  const rows = await database.$queryRaw<(AcceptedRow | RefusedRow)[]>`
    with incoming as materialized (
      select * from jsonb_to_recordset(${JSON.stringify(signIns.map(toRow))}::jsonb) as i (
        n int, provider text, key_id text, revision int, subject text, email text, new_id uuid, claims jsonb, token_key text, once boolean,
        remember_until float8, session text, ends_at float8, previous text, traceparent text)
    ), present as materialized (
      -- Whoever removes a provider waits for this statement, and removes what it wrote.
      select name, user_provisioning from provider where name in (select provider from incoming) for key share
    ), trusted as materialized (
      select domain, array_agg(name) as providers from provider, unnest(trusted_domains) as domain group by domain
    ), found as materialized (
      select i.*, decode(i.token_key, 'hex') as key, previous.account_id as previous_account_id, p.name as present, p.user_provisioning,
        coalesce(known.id, namesake.id) as account_id, known.id is not null as is_known, coalesce(known.email, i.email) as place,
        coalesce(known.status, namesake.status) as status, namesake.id as namesake_id,
        coalesce(known.password_hash, namesake.password_hash) is not null as has_password,
        case when i.subject is null then by_email.account_id else by_subject.account_id end is null as is_first,
        row_number() over (partition by coalesce(known.id, namesake.id) order by n) > 1 as is_later,
        i.provider = any (t.providers) as is_trusted, i.provider = any (home.providers) as is_trusted_at_home
      from incoming i
        left join present p on p.name = i.provider
        -- A limit keeps each look-up one by its key, however small the tables were when the plan was made.
        left join lateral (select account_id from identity
          where provider = i.provider and kind = 'subject' and external_key = i.subject limit 1) by_subject on true
        left join lateral (select account_id from identity
          where by_subject.account_id is null and provider = i.provider and kind = 'email' and external_key = i.email limit 1) by_email on true
        left join lateral (select * from account where id = coalesce(by_subject.account_id, by_email.account_id) limit 1) known on true
        left join lateral (select * from account where known.email is distinct from i.email and email = i.email limit 1) namesake on true
        left join lateral (select account_id from session where token_hash = decode(i.previous, 'hex') limit 1) previous on true
        left join trusted t on t.domain = split_part(i.email, '@', 2)
        left join trusted home on home.domain = split_part(known.email, '@', 2)
    ), candidate as materialized (
      select found.*, refusal, refusal is null as fits,
        case when is_known and namesake_id is null and is_trusted is not false and not has_password then email end as new_email
      from found cross join lateral (select case
          when present is null or found.revision is distinct from (select revision from provider_revision) then 'stale'
          when is_known and not is_trusted_at_home then 'auth.domain_of_another_provider'
          when not is_known and exists (select from identity where account_id = namesake_id and provider = found.provider)
            then 'auth.account_of_another_subject'
          when not is_known and has_password and is_trusted is not true then 'auth.account_has_password'
          when not is_known and namesake_id is not null and is_trusted is not true then 'auth.account_of_another_provider'
          when not is_known and not is_trusted then 'auth.domain_of_another_provider'
          when account_id is null and not user_provisioning then 'auth.account_unknown'
          when status <> 'active' then 'auth.account_deactivated'
          -- Two subjects of one account: the second has to see what the first has made of it.
          when account_id is not null and is_later then 'stale'
        end as refusal offset 0) judged
    ), consumed as (
      insert into used_token (key, once, uses, first_used_at, expires_at)
      select key, once, 1, now(), to_timestamp(remember_until) from candidate where fits order by key
      on conflict (key) do update set uses = used_token.uses + 1
        where not used_token.once and used_token.first_used_at > now() - interval '10 seconds'
      returning key, uses
    ), accepted as materialized (
      -- Sorting reads all of consumed before the first account is locked; likewise below.
      select candidate.*, uses = 1 as is_effective from candidate join consumed using (key) order by place
    ), locked as materialized (
      -- In the order of accepted; a lateral that locks is a look-up by key, like those with a limit.
      select a.* from accepted cross join lateral (select * from account where id = accepted.account_id for no key update) a
    ), decided as materialized (
      select a.id, case when next is null then a.claims else a.claims || jsonb_build_object(provider, next) end as claims,
        case when next is null then a.profile_provider else provider end as profile_provider,
        case when next is null then a.email else coalesce(new_email, a.email) end as email,
        next is not null and (next - 'iat', provider, coalesce(new_email, a.email)) is distinct from (last - 'iat', a.profile_provider, a.email)
          as is_changed
      from accepted join locked a on a.id = account_id
        -- An offset keeps what a lateral says from being worked out at each of its mentions.
        cross join lateral (select a.claims -> provider as last offset 0) claimed
        cross join lateral (select case
          when is_effective and (accepted.claims ->> 'iat')::bigint < (last ->> 'iat')::bigint is not true
          then coalesce(last, '{}') || accepted.claims
            || jsonb_build_object('groups', coalesce(last -> 'groups', '{}') || (accepted.claims -> 'groups'))
        end as next offset 0) said
      where a.status = 'active' and (is_known or a.email = accepted.email)
    ), renewed as (
      update account a set claims = d.claims, profile_provider = d.profile_provider, email = d.email,
        claims_version = claims_version + is_changed::int
      -- Said twice: however the two are joined, accounts are looked up by their keys.
      from decided d where a.id = d.id and a.id = any (array(select id from decided))
      returning a.*
    ), created as (
      insert into account (id, email, claims, profile_provider)
      select new_id, email, case when is_effective then jsonb_build_object(provider, claims) else '{}' end, provider
      from accepted where account_id is null order by place
      returning *
    ), signed_in as materialized (
      -- In this order: what is there is locked before anything waits for an address.
      select a.*, n, provider, subject, said_email, is_first, is_effective, key_id, session, ends_at, previous, previous_account_id, traceparent,
        gen_random_uuid() as event_id
      from (select * from renewed union all select * from created) a
        join (select *, coalesce(account_id, new_id) as its_id, email as said_email from accepted) s on its_id = a.id
      order by n
    ), moved as (
      -- Where they are is looked up by key; an identity is never updated, and so is nowhere else when its turn comes.
      delete from identity where ctid = any (array(
        select place from signed_in s cross join lateral (
          select ctid as place from identity where provider = s.provider and kind = 'email' and external_key = said_email limit 1) held
        where is_first and subject is not null))
      returning identity.account_id
    ), linked as (
      insert into identity (provider, kind, external_key, account_id)
      select provider, case when subject is null then 'email' else 'subject' end, coalesce(subject, said_email), id
      -- Counting ends the move first: an account has one identity of a provider.
      from signed_in cross join (select count(*) from moved) as afterwards where is_first order by provider, subject, said_email
    ), ended as (
      delete from session
      where token_hash = any (array(select decode(previous, 'hex') from signed_in where previous_account_id <> id))
    ), opened as (
      insert into session (token_hash, account_id, provider, key_id, created_at, expires_at)
      select decode(session, 'hex'), id, provider, key_id, now(), least(now() + make_interval(secs => ${sessionSeconds}::float8), to_timestamp(ends_at))
      from signed_in
    ), announced as (
      insert into outbox (id, type, subject, data, traceparent)
      select event_id, ${UserLoggedIn.type}, a.id, ${userLoggedInData} || jsonb_build_object('signedInBy', provider), a.traceparent
      from signed_in a order by n
      returning id, data::text, created_at
    )
    select coalesce(signed_in.id, candidate.account_id) as account_id, announced.id as event_id, announced.data, announced.created_at, candidate.traceparent,
      -- Without an account here, it was deactivated between the snapshot and its lock.
      coalesce(refusal, case when uses is null then 'auth.token_used' when signed_in.id is null then 'auth.account_deactivated' end) as refusal
    from candidate left join consumed using (key) left join signed_in using (n)
      left join announced on announced.id = signed_in.event_id
    order by n`;
  return { outcomes: rows.map(toOutcome), events: rows.flatMap(toEvent) };
}

interface AcceptedRow {
  readonly refusal: null;
  readonly account_id: string;
  readonly event_id: string;
  readonly data: string;
  readonly created_at: Date;
  readonly traceparent: string;
}

interface RefusedRow {
  readonly refusal: ErrorCode | 'stale';
  /** The account that it would have opened; null where there is none. */
  readonly account_id: string | null;
}

const toOutcome = (row: AcceptedRow | RefusedRow): SignInOutcome =>
  row.refusal === null
    ? { accountId: row.account_id }
    : { refusal: row.refusal, accountId: row.account_id ?? undefined };

const toEvent = (row: AcceptedRow | RefusedRow): OutboxRow[] => {
  if (row.refusal !== null) return [];
  const { event_id: id, account_id: subject, data, created_at, traceparent } = row;
  return [{ id, type: UserLoggedIn.type, subject, data, time: created_at.toISOString(), traceparent }];
};
