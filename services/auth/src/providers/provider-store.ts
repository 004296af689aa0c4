import { JwtProviderSettings, SigningKey, UserLoggedIn } from '@sandgate/contracts';
import { type Author, nextTraceparent } from '@sandgate/messaging';
import { z } from 'zod';
import { userLoggedInData } from '../accounts/user-logged-in-store.js';
import { Prisma, type PrismaClient } from '../generated/prisma/client.js';
import { announceSettingsChange } from '../settings/announce-settings-change.js';
import { lockProviders, raiseProviderRevision } from './provider-revision-store.js';

const StoredKey = z.strictObject({ ...SigningKey.shape, secret: z.string().nullable() });
export type StoredKey = z.infer<typeof StoredKey>;

const StoredProvider = z.strictObject({
  name: z.string(),
  settings: JwtProviderSettings,
  keys: z.array(StoredKey),
});
export type StoredProvider = z.infer<typeof StoredProvider>;

/** All JWT providers as one statement read them, in the order in which they were made. */
export interface StoredProviders {
  /** Raised by every change of any of them. */
  readonly revision: number;
  readonly providers: readonly StoredProvider[];
}

/** Whatever changes a provider is announced with its author. */
export interface ProviderStore {
  readRevision(): Promise<number>;
  readAll(): Promise<StoredProviders>;
  /** Undefined when the name is taken. */
  create(name: string, settings: JwtProviderSettings, by: Author): Promise<StoredProvider | undefined>;
  /**
   * Reads under a lock, then writes what `change` makes of it, with the revision raised; nothing when it makes nothing. Throwing leaves all as it is.
   * Undefined when there is no such provider.
   */
  change(name: string, change: DecideProviderChange, by: Author): Promise<StoredProvider | undefined>;
  /** What `remove` would answer. */
  mayRemove(name: string): Promise<boolean | 'only-way-in'>;
  /** Removes a provider with its keys, identities and sessions, and announces the accounts of which it said something. False when there is none. */
  remove(name: string, by: Author): Promise<boolean | 'only-way-in'>;
  /** Notes when keys were last used, which changes no revision. */
  noteKeyUses(uses: readonly { id: string; at: string }[]): Promise<void>;
}

export type DecideProviderChange = (provider: StoredProvider, standing: ProviderStanding) => ProviderChange;

/** What depends on a provider. */
export interface ProviderStanding {
  /** Passwords are turned off, and no other provider is a lasting way in. */
  readonly isOnlyWayIn: boolean;
  /** It has signed somebody in. */
  readonly hasIdentities: boolean;
}

export interface ProviderChange {
  readonly settings?: Partial<JwtProviderSettings>;
  readonly addKey?: StoredKey;
  readonly retireKey?: Pick<StoredKey, 'id' | 'retireAt'>;
  readonly deleteKey?: string;
}

export const createProviderStore = (database: PrismaClient): ProviderStore => ({
  async readRevision() {
    const rows = await database.$queryRaw<{ revision: number }[]>`
      select revision from provider_revision, provider where name = 'jwt'`;
    return only(rows).revision;
  },
  readAll: () => readAll(database),
  create: (name, settings, by) => database.$transaction((tx) => insertProvider(tx, { name, by }, settings)),
  change: (name, change, by) => database.$transaction((tx) => changeProvider(tx, { name, by }, change)),
  mayRemove: (name) => database.$transaction((tx) => mayRemoveProvider(tx, name)),
  remove: (name, by) =>
    database.$transaction((tx) => removeProvider(tx, name, by), { maxWait: 30_000, timeout: 600_000 }),
  async noteKeyUses(uses) {
    await database.$executeRaw`
      update signing_key set last_used_at = greatest(last_used_at, at)
      from jsonb_to_recordset(${JSON.stringify(uses)}::jsonb) as used (id text, at timestamptz) where used.id = signing_key.id`;
  },
});

interface ByName {
  readonly name: string;
  readonly by: Author;
}

/** The part of `create` within a transaction of the caller. */
export async function insertProvider(
  tx: Prisma.TransactionClient,
  { name, by }: ByName,
  settings: JwtProviderSettings,
): Promise<StoredProvider | undefined> {
  await lockProviders(tx);
  const { count } = await tx.provider.createMany({ data: [{ ...settings, name }], skipDuplicates: true });
  if (count === 0) return undefined;
  await raiseProviderRevision(tx);
  const created = { name, settings, keys: [] };
  await announceSettingsChange(tx, by, { what: 'provider', id: name, before: null, after: toldOf(created) });
  return created;
}

/** The part of `change` within a transaction of the caller. */
export async function changeProvider(
  tx: Prisma.TransactionClient,
  { name, by }: ByName,
  decide: DecideProviderChange,
): Promise<StoredProvider | undefined> {
  await lockProviders(tx);
  const provider = await find(tx, name);
  if (!provider) return undefined;
  const { settings, addKey, retireKey, deleteKey } = decide(provider, await findStanding(tx, name));
  if (settings) await tx.provider.update({ where: { name }, data: settings });
  if (deleteKey !== undefined) await tx.signingKey.delete({ where: { id: deleteKey } });
  if (addKey) await tx.signingKey.create({ data: { ...addKey, provider: name } });
  if (retireKey) await tx.signingKey.update({ where: { id: retireKey.id }, data: { retireAt: retireKey.retireAt } });
  if (settings || addKey || retireKey || deleteKey !== undefined) await raiseProviderRevision(tx);
  const changed = await find(tx, name);
  const after = changed ? toldOf(changed) : null;
  await announceSettingsChange(tx, by, { what: 'provider', id: name, before: toldOf(provider), after });
  return changed;
}

/** What is announced of a provider: never a secret, nor what is no setting. */
const toldOf = ({ settings, keys }: Omit<StoredProvider, 'name'>): Record<string, unknown> => ({
  ...settings,
  keys: keys.map(({ secret: _secret, lastUsedAt: _no, ...key }) => key),
});

/** Of a row of `provider`: it is enabled, and has a key that does not retire where it needs one. */
export const isLasting = Prisma.sql`provider.enabled and (provider.kind = 'oidc'
  or exists (select from signing_key where signing_key.provider = provider.name and retire_at is null))`;

/** Of a provider of any kind. */
export async function findStanding(tx: Prisma.TransactionClient, name: string): Promise<ProviderStanding> {
  const [standing] = await tx.$queryRaw<ProviderStanding[]>`
    select not enabled and not exists (select from provider where ${isLasting} and provider.name <> ${name}) as "isOnlyWayIn",
      exists (select from identity where provider = ${name}) as "hasIdentities"
    from password_sign_in`;
  if (!standing) throw new Error('the migration has put a row into password_sign_in, and it is gone');
  return standing;
}

/** Whether a provider can be removed, as `remove` answers it, under the lock of all of them. */
export async function mayRemoveProvider(tx: Prisma.TransactionClient, name: string): Promise<boolean | 'only-way-in'> {
  await lockProviders(tx);
  const [row] = await tx.$queryRaw<{ enabled: boolean }[]>`select enabled from provider where name = ${name}`;
  return row?.enabled && (await findStanding(tx, name)).isOnlyWayIn ? 'only-way-in' : row !== undefined;
}

/** Accounts are locked in the order in which a sign-in locks them. */
async function removeProvider(
  tx: Prisma.TransactionClient,
  name: string,
  by: Author,
): Promise<boolean | 'only-way-in'> {
  const mayRemove = await mayRemoveProvider(tx, name);
  if (mayRemove !== true) return mayRemove;
  // From here on no sign-in has the provider, and those that had it have committed.
  const [row] = await tx.$queryRaw<Record<string, unknown>[]>`
    select kind, enabled, issuer, client_id as "clientId" from provider where name = ${name} for update`;
  const provider = await find(tx, name);
  await tx.$executeRaw`
    with gone as materialized (
      select account_id from identity where provider = ${name}
    ), locked as materialized (
      select a.* from account a where id in (select account_id from gone) order by email for no key update
    ), renewed as (
      update account a set claims = locked.claims - ${name}, profile_provider = nullif(locked.profile_provider, ${name}),
        claims_version = locked.claims_version + 1
      from locked where a.id = locked.id
      returning a.*
    ), announced as (
      insert into outbox (id, type, subject, data, traceparent)
      select gen_random_uuid(), ${UserLoggedIn.type}, a.id, ${userLoggedInData}, ${nextTraceparent()} from renewed a
    )
    delete from session where provider = ${name} and account_id in (select account_id from gone)`;
  await tx.signingKey.deleteMany({ where: { provider: name } });
  // Its identities go with it.
  await tx.provider.delete({ where: { name } });
  await raiseProviderRevision(tx);
  await announceSettingsChange(tx, by, {
    what: 'provider',
    id: name,
    before: provider ? toldOf(provider) : (row ?? null),
    after: null,
  });
  return true;
}

async function find(database: Prisma.TransactionClient, name: string): Promise<StoredProvider | undefined> {
  return (await readAll(database)).providers.find((provider) => provider.name === name);
}

/** One statement, so that settings and keys are of the revision. */
async function readAll(database: Prisma.TransactionClient): Promise<StoredProviders> {
  const rows = await database.$queryRaw<{ revision: number; provider: unknown }[]>`
    select (select revision from provider_revision), jsonb_build_object('name', name,
      'settings', jsonb_build_object('enabled', enabled, 'identityProviderUri', identity_provider_uri, 'emailClaim', email_claim,
        'firstNameClaim', first_name_claim, 'lastNameClaim', last_name_claim, 'groupsClaim', groups_claim,
        'userProvisioning', user_provisioning, 'maxTokenAgeSeconds', max_token_age_seconds, 'requireJti', require_jti,
        'issuer', issuer, 'audience', audience, 'trustedDomains', trusted_domains),
      'keys', (
        select coalesce(jsonb_agg(jsonb_build_object('id', id, 'source', source, 'algorithm', algorithm, 'kind', kind, 'secret', secret,
            'publicKey', public_key, 'jwksUri', jwks_uri, 'createdAt', ${iso('created_at')}, 'lastUsedAt', ${iso('last_used_at')},
            'retireAt', ${iso('retire_at')}) order by created_at, id), '[]')
        from signing_key where provider = provider.name)) as provider
    from provider where kind = 'jwt' order by created_at, name`;
  return { revision: only(rows).revision, providers: rows.map(({ provider }) => StoredProvider.parse(provider)) };
}

/** As JSON has it in the contracts. */
const iso = (column: 'created_at' | 'last_used_at' | 'retire_at'): Prisma.Sql =>
  Prisma.raw(`to_char(${column} at time zone 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.MS"Z"')`);

function only<Row>(rows: readonly Row[]): Row {
  const [row] = rows;
  if (!row) throw new Error('the migration has put the provider jwt into the database, and it is gone');
  return row;
}
