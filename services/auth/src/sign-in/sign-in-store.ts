import { randomUUID } from 'node:crypto';
import { type ErrorCode, UserLoggedIn } from '@sandgate/contracts';
import { createBatcher } from '@sandgate/service-kit';
import { userLoggedInData } from '../accounts/user-logged-in-store.js';
import type { PrismaClient } from '../generated/prisma/client.js';
import type { VerifiedSignIn } from './verify-token.js';

export interface NewSignIn {
  readonly verified: VerifiedSignIn;
  /** Revision of the provider under which it was verified. */
  readonly revision: number;
  /** SHA-256 in hex of the session that it opens, and of the one that the browser had. */
  readonly sessionHash: string;
  readonly previousSessionHash: string | undefined;
  readonly traceparent: string;
}

/**
 * `stale`: the provider has changed since the verification. A sign-in that is not one has written nothing, except that the token counts
 * as used where the account was deactivated while the statement ran.
 */
export type SignInOutcome = { readonly accountId: string } | { readonly refusal: ErrorCode | 'stale' };

/**
 * Stores verified sign-ins. Concurrent ones share a statement and its commit; those of one token, account or browser never do.
 * Rows are locked in the order of their keys, tokens before accounts before sessions, so that two instances do not deadlock.
 */
export const createSignInStore = (
  database: PrismaClient,
  sessionSeconds: number,
): ((signIn: NewSignIn) => Promise<SignInOutcome>) =>
  createBatcher({
    run: (signIns: readonly NewSignIn[]) => storeSignIns(database, signIns, sessionSeconds),
    maxSize: 256,
    lanes: 2,
    keysOf: ({ verified, previousSessionHash: previous }) => [
      verified.email,
      verified.token.key,
      ...(previous ? [previous] : []),
    ],
  });

const toRow = ({ verified, ...signIn }: NewSignIn, n: number): Record<string, unknown> => ({
  n,
  revision: signIn.revision,
  email: verified.email,
  new_id: randomUUID(),
  claims: { ...verified.claims, ...(verified.issuedAt !== undefined && { iat: verified.issuedAt }) },
  token_key: verified.token.key,
  once: verified.token.once,
  remember_until: verified.token.rememberUntil,
  session: signIn.sessionHash,
  previous: signIn.previousSessionHash,
  traceparent: signIn.traceparent,
});

/**
 * One statement. `candidate` refuses by what is committed. `consumed` inserts the token, or finds it used; one without `jti` passes again
 * within 10 s. `kept` finds or inserts the account and decides on its latest row, under its lock, what becomes of the claims: a name that is
 * absent stays, groups that are null or absent keep the last list, an `iat` below the highest accepted changes nothing. A repeat brings
 * no claims and announces nothing.
 */
async function storeSignIns(
  database: PrismaClient,
  signIns: readonly NewSignIn[],
  sessionSeconds: number,
): Promise<SignInOutcome[]> {
  const rows = await database.$queryRaw<{ refusal: ErrorCode | 'stale' | null; account_id: string }[]>`
    with candidate as materialized (
      select i.*, decode(i.token_key, 'hex') as key, previous.account_id as previous_account_id,
        not coalesce(a.claims ? 'jwt', false) as is_first, refusal, refusal is null as fits
      from jsonb_to_recordset(${JSON.stringify(signIns.map(toRow))}::jsonb) as i (
          n int, revision int, email text, new_id uuid, claims jsonb, token_key text, once boolean, remember_until float8,
          session text, previous text, traceparent text)
        left join provider p on p.name = 'jwt'
        -- A limit keeps each look-up one by its key, however small the tables were when the plan was made.
        left join lateral (select * from account where email = i.email limit 1) a on true
        left join lateral (select account_id from session where token_hash = decode(i.previous, 'hex') limit 1) previous on true
        cross join lateral (select case
          when p.revision is distinct from i.revision then 'stale'
          when a.id is null and not p.user_provisioning then 'auth.account_unknown'
          when a.password_hash is not null then 'auth.account_has_password'
          when a.status <> 'active' then 'auth.account_deactivated'
        end as refusal) judged
    ), consumed as (
      insert into used_token (key, once, uses, first_used_at, expires_at)
      select key, once, 1, now(), to_timestamp(remember_until) from candidate where fits order by key
      on conflict (key) do update set uses = used_token.uses + 1
        where not used_token.once and used_token.first_used_at > now() - interval '10 seconds'
      returning key, uses
    ), accepted as materialized (
      -- Sorting reads all of consumed before the first account is locked; likewise below.
      select candidate.*, uses = 1 as is_effective from candidate join consumed using (key) order by email
    ), kept as (
      insert into account as a (id, email, claims)
      select new_id, email, case when is_effective then jsonb_build_object('jwt', claims) else '{}' end from accepted order by email
      on conflict (email) do update set (claims, claims_version) = (
          select case when next is null then a.claims else a.claims || jsonb_build_object('jwt', next) end,
            a.claims_version + case when (next - 'iat') is distinct from (last - 'iat') then 1 else 0 end
          from (select a.claims -> 'jwt' as last, excluded.claims -> 'jwt' as said) claimed
            cross join lateral (select case
              when said is null or (said ->> 'iat')::bigint < (last ->> 'iat')::bigint then last
              else coalesce(last, '{}') || said || jsonb_build_object('groups', coalesce(last -> 'groups', '{}') || (said -> 'groups'))
            end as next) decided)
        where a.status = 'active' and a.password_hash is null
      returning a.*
    ), signed_in as materialized (
      select kept.*, n, is_first, is_effective, session, previous, previous_account_id, traceparent
      from accepted join kept using (email) order by n
    ), linked as (
      insert into identity (provider, external_key, account_id)
      select 'jwt', email, id from signed_in where is_first order by email
      on conflict do nothing
    ), ended as (
      delete from session
      where token_hash = any (array(select decode(previous, 'hex') from signed_in where previous_account_id <> id))
    ), opened as (
      insert into session (token_hash, account_id, created_at, expires_at)
      select decode(session, 'hex'), id, now(), now() + make_interval(secs => ${sessionSeconds}::float8) from signed_in
    ), announced as (
      insert into outbox (id, type, subject, data, traceparent)
      select gen_random_uuid(), ${UserLoggedIn.type}, a.id, ${userLoggedInData}, a.traceparent
      from signed_in a where is_effective order by n
    )
    select signed_in.id as account_id,
      -- Without an account here, it was deactivated between the snapshot and its lock.
      coalesce(refusal, case when uses is null then 'auth.token_used' when signed_in.id is null then 'auth.account_deactivated' end) as refusal
    from candidate left join consumed using (key) left join signed_in using (n)
    order by n`;
  return rows.map(({ refusal, account_id: accountId }) => (refusal === null ? { accountId } : { refusal }));
}
