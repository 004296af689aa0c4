import type { WaysInPreview } from '@sandgate/contracts';
import { rolledBack } from '@sandgate/messaging';
import { Prisma, type PrismaClient } from '../generated/prisma/client.js';
import { type OidcProviderStore, oidcProvidersWithin } from '../oidc/oidc-provider-store.js';
import { type PasswordSignInStore, passwordSignInWithin } from '../passwords/password-sign-in-store.js';
import { lockProviders } from '../providers/provider-revision-store.js';
import { changeProvider, insertProvider, mayRemoveProvider, type ProviderStore } from '../providers/provider-store.js';
import { isWithinLimits } from '../sessions/session-store.js';
import { changedDomains, type Ways } from './decide-ways.js';

/** What changes by what people can sign in, within a transaction that is rolled back. */
export interface ChangingStores {
  readonly jwt: Pick<ProviderStore, 'create' | 'change' | 'mayRemove' | 'remove'>;
  readonly oidc: Pick<OidcProviderStore, 'create' | 'change'>;
  readonly passwordSignIn: Pick<PasswordSignInStore, 'enable' | 'disableBeside'>;
}

export interface PlannedChange {
  /** Name of the provider that is changed; `password` where it is whether passwords are taken. */
  readonly provider: string;
  /** The sessions that began with it end too. */
  readonly removesProvider?: boolean;
  /** When it takes effect, where that is later than now. */
  readonly at?: string | null;
  /** Of accounts. */
  readonly administratorIds: readonly string[];
  /** Makes it, just as it is made when it is meant. */
  readonly make: (stores: ChangingStores) => Promise<unknown>;
}

export type PreviewChange = (planned: PlannedChange) => Promise<WaysInPreview>;

/** Of each kind, those that the provider knows or that have a password, and those at a domain: so that it takes seconds at most, however many accounts there are. */
const maxCompared = 100_000;
const maxSessions = 1_000_000;
const patience = { timeout: 60_000 };

/**
 * Makes a change of providers, or of whether passwords are taken, under the lock of providers, looks who could sign in before it and who can
 * after it, and rolls it back. Sign-ins go on meanwhile; other such changes wait. Throws what the change throws.
 */
export const createPreviewChange =
  (database: PrismaClient, { idleSeconds }: { readonly idleSeconds: number | undefined }): PreviewChange =>
  (planned) =>
    rolledBack(
      database,
      async (tx) => {
        await lockProviders(tx);
        const before = await findWays(tx, planned.at);
        await planned.make(storesWithin(tx));
        const after = await findWays(tx, planned.at);
        // Reading a table once beats looking up every row of it; sign-ins, on the same connections, never do.
        await tx.$executeRaw`set local enable_seqscan = on`;
        const sessions = await countSessionsEnded(tx, { planned, before, after, idleSeconds });
        return {
          dryRun: true,
          sessionsEnded: sessions > maxSessions ? { moreThan: maxSessions } : { exactly: sessions },
          ...(await compare(tx, planned, { before, after })),
        };
      },
      patience,
    );

type Transaction = Prisma.TransactionClient;

const storesWithin = (tx: Transaction): ChangingStores => ({
  jwt: {
    create: (name, settings, by) => insertProvider(tx, { name, by }, settings),
    change: (name, change, by) => changeProvider(tx, { name, by }, change),
    mayRemove: (name) => mayRemoveProvider(tx, name),
    remove: (name) => closeProvider(tx, name),
  },
  oidc: oidcProvidersWithin(tx),
  passwordSignIn: passwordSignInWithin(tx),
});

/** Whoever a provider knows can as little sign in by one that is off as by one that is gone, and it holds up no sign-in. */
async function closeProvider(tx: Transaction, name: string): Promise<boolean | 'only-way-in'> {
  const mayRemove = await mayRemoveProvider(tx, name);
  if (mayRemove === true)
    await tx.$executeRaw`update provider set enabled = false, trusted_domains = '{}' where name = ${name}`;
  return mayRemove;
}

/** By what people can sign in at a time. */
async function findWays(tx: Transaction, at: string | null = null): Promise<Ways> {
  const rows = await tx.$queryRaw<Ways[]>`
    with moment as (
      select greatest(now(), ${at}::timestamptz) as at
    ), valid as materialized (
      select id, provider from signing_key, moment where retire_at is null or retire_at > at
    )
    select (select enabled from password_sign_in) as passwords, array(select id from valid) as "keyIds",
      (select jsonb_agg(jsonb_build_object('name', name, 'trustedDomains', trusted_domains,
        'isOpen', enabled and (kind = 'oidc' or name in (select provider from valid)))) from provider) as providers`;
  const [ways] = rows;
  if (!ways) throw new Error('a select without a table returned no row');
  return ways;
}

interface Change {
  readonly before: Ways;
  readonly after: Ways;
}

/** Those that would last longer otherwise. No more are counted than can be of use. */
async function countSessionsEnded(
  tx: Transaction,
  {
    planned: { provider, removesProvider = false, at = null },
    before,
    after,
    idleSeconds,
  }: Change & { readonly planned: PlannedChange; readonly idleSeconds: number | undefined },
): Promise<number> {
  const ended = before.keyIds.filter((id) => !after.keyIds.includes(id));
  if (ended.length === 0 && !removesProvider) return 0;
  const rows = await tx.$queryRaw<{ count: number }[]>`
    select count(*)::int as count from (
      select from session s
      where ${isWithinLimits(idleSeconds)} and s.expires_at > greatest(now(), ${at}::timestamptz)
        and (s.key_id = any (${ended}::text[])
          or (${removesProvider}::boolean and s.provider = ${provider} and (s.key_id is null or s.key_id = any (${before.keyIds}::text[]))))
      limit ${maxSessions + 1}::int) as ended`;
  return rows[0]?.count ?? 0;
}

async function compare(
  tx: Transaction,
  { provider, administratorIds }: PlannedChange,
  { before, after }: Change,
): Promise<Omit<WaysInPreview, 'dryRun' | 'sessionsEnded'>> {
  const domains = changedDomains(before, after);
  const { ids, order } = knownTo(provider);
  const rows = await tx.$queryRaw<Awaited<ReturnType<typeof compare>>[]>`
    with at_domains as materialized (
      -- Nobody is looked for while no domain changes hands.
      select id from account
      where ${domains.length > 0}::boolean and split_part(email, '@', 2) = any (${domains}::text[])
        and not exists (select from identity where account_id = account.id and provider = ${provider})
    ), known as materialized (
      (${ids} order by ${order} limit ${maxCompared}::int)
      union all (select id from at_domains order by id limit ${maxCompared}::int)
    ), changed as materialized (
      select id, ${maySignIn(after)} as is_let_in from known join account a using (id)
      where status = 'active' and not is_api_key and ${maySignIn(before)} <> ${maySignIn(after)}
    )
    select (select count(*) from (${ids}) ids)::int + (select count(*) from at_domains)::int as reached,
      (select count(*)::int from known) as compared,
      (select count(*)::int from changed where not is_let_in) as "shutOut",
      array(select id from changed where not is_let_in order by id limit 100) as "accountIds",
      (select count(*)::int from changed where is_let_in) as "letIn",
      array(select id from changed where is_let_in order by id limit 100) as "letInAccountIds",
      (select count(*)::int from account a
        where id = any (${administratorIds}::uuid[]) and status = 'active' and ${maySignIn(after)}) as "administratorsLeft"`;
  const [compared] = rows;
  if (!compared) throw new Error('a select without a table returned no row');
  return compared;
}

/** Accounts that have signed in by a provider, or have a password. */
const knownTo = (provider: string): { readonly ids: Prisma.Sql; readonly order: Prisma.Sql } =>
  provider === 'password'
    ? { ids: Prisma.sql`select id from account where password_hash is not null`, order: Prisma.sql`id` }
    : {
        ids: Prisma.sql`select account_id as id from identity where provider = ${provider}`,
        order: Prisma.sql`kind, external_key`,
      };

/** Of an account under the alias `a`, by the rules of the statement that stores sign-ins: a domain is closed to providers that are not trusted for it. */
function maySignIn({ passwords, providers }: Ways): Prisma.Sql {
  const open = providers.filter(({ isOpen }) => isOpen);
  const closed = providers.flatMap(({ trustedDomains }) => trustedDomains);
  const trusted = open.flatMap(({ name, trustedDomains }) => trustedDomains.map((domain) => `${name}@${domain}`));
  return Prisma.sql`((a.password_hash is not null and ${passwords}::boolean) or exists (
    select from identity i
    where i.account_id = a.id and i.provider = any (${open.map(({ name }) => name)}::text[])
      and (split_part(a.email, '@', 2) <> all (${closed}::text[])
        or i.provider || '@' || split_part(a.email, '@', 2) = any (${trusted}::text[]))))`;
}
