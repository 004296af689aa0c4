import type { ApiKey, introspectApiKey } from '@sandgate/contracts';
import type { Author } from '@sandgate/messaging';
import { createBatcher, findPage, type ListPage } from '@sandgate/service-kit';
import type { z } from 'zod';
import { userLoggedInAnnounced } from '../accounts/user-logged-in-store.js';
import { Prisma, type PrismaClient } from '../generated/prisma/client.js';
import { announceSettingsChange } from '../settings/announce-settings-change.js';

export type KeyIntrospection = z.infer<typeof introspectApiKey.output>;

export interface NewApiKey {
  readonly id: string;
  /** Of the account; no person can have it. */
  readonly email: string;
  readonly name: string;
  readonly groupIds: readonly number[];
  /** SHA-256 in hex, like all hashes here. */
  readonly keyHash: string;
}

export interface ApiKeyChange {
  readonly name?: string | undefined;
  readonly groupIds?: readonly number[] | undefined;
}

/** Whatever changes a key is announced with its author, and never the key or its hash. */
export interface ApiKeyStore {
  /** Makes the key with its account and announces it, as a sign-in does. */
  create(key: NewApiKey, by: Author): Promise<ApiKey>;
  /** Undefined when there is no such key. */
  change(id: string, change: ApiKeyChange, by: Author): Promise<ApiKey | undefined>;
  /** Its account stays, in no group. False when there is no such key. */
  remove(id: string, by: Author): Promise<boolean>;
  list(page: { readonly limit: number; readonly offset: number }): Promise<ListPage<ApiKey>>;
  /** What a key stands for now. Concurrent calls share a statement. */
  introspect(keyHash: string): Promise<KeyIntrospection>;
}

export const createApiKeyStore = (database: PrismaClient): ApiKeyStore => ({
  create: ({ id, email, name, groupIds, keyHash }, by) =>
    database.$transaction(async (tx) => {
      const rows = await tx.$queryRaw<KeyRow[]>`
        with account_of_key as (
          insert into account (id, email, is_api_key, claims, profile_provider)
          values (${id}::uuid, ${email}, true, ${claimsOf({ name, groupIds })}::jsonb, 'api-key') returning *
        ), key as (
          insert into api_key (account_id, key_hash, name, group_ids)
          values (${id}::uuid, decode(${keyHash}, 'hex'), ${name}, ${groupIds}::int[]) returning *
        ), announced as (
          ${userLoggedInAnnounced(Prisma.sql`account_of_key`, by.traceparent)}
        )
        select ${keyColumns} from key join account_of_key account on account.id = account_id`;
      const created = rows[0] as KeyRow;
      await announceKeyChange(tx, by, { id, before: null, after: created });
      return toApiKey(created);
    }),
  change: (id, { name, groupIds }, by) =>
    database.$transaction(async (tx) => {
      const [before] = await tx.$queryRaw<ToldRow[]>`
        select name, group_ids from api_key where account_id = ${id}::uuid for update`;
      if (!before) return undefined;
      const said = claimsOf({ name, groupIds });
      const rows = await tx.$queryRaw<KeyRow[]>`
        with key as (
          update api_key set name = coalesce(${name ?? null}, name), group_ids = coalesce(${groupIds ?? null}::int[], group_ids)
          where account_id = ${id}::uuid returning *
        ), account_of_key as (
          update account set claims = jsonb_build_object('api-key', claims -> 'api-key' || (${said}::jsonb -> 'api-key')),
            claims_version = claims_version + 1
          from key where account.id = key.account_id returning account.*
        ), announced as (
          ${userLoggedInAnnounced(Prisma.sql`account_of_key`, by.traceparent)}
        )
        select ${keyColumns} from key join account_of_key account on account.id = account_id`;
      const changed = rows[0] as KeyRow;
      await announceKeyChange(tx, by, { id, before, after: changed });
      return toApiKey(changed);
    }),
  remove: (id, by) =>
    database.$transaction(async (tx) => {
      const [removed] = await tx.$queryRaw<ToldRow[]>`
        with key as (
          delete from api_key where account_id = ${id}::uuid returning account_id, name, group_ids
        ), account_of_key as (
          update account set claims = jsonb_build_object('api-key', claims -> 'api-key' || (${claimsOf({ groupIds: [] })}::jsonb -> 'api-key')),
            claims_version = claims_version + 1
          from key where account.id = key.account_id returning account.*
        ), announced as (
          ${userLoggedInAnnounced(Prisma.sql`account_of_key`, by.traceparent)}
        )
        select name, group_ids from key`;
      if (!removed) return false;
      await announceKeyChange(tx, by, { id, before: removed, after: null });
      return true;
    }),
  async list({ limit, offset }) {
    const { data, total } = await findPage<KeyRow>(database, {
      page: Prisma.sql`
        select ${keyColumns} from api_key key join account on account.id = account_id
        order by key.created_at desc, account_id limit ${limit}::int offset ${offset}::int`,
      orderBy: Prisma.sql`created_at desc, account_id`,
      all: Prisma.sql`api_key`,
    });
    return { data: data.map(toApiKey), total };
  },
  introspect: createBatcher({
    run: (hashes: readonly string[]) => introspectKeys(database, hashes),
    maxSize: 256,
    lanes: 2,
  }),
});

/** As a provider's token says it, so that it travels as that does: the groups are claimed by their ids. What is absent is not said. */
const claimsOf = ({ name, groupIds }: ApiKeyChange): string =>
  JSON.stringify({
    'api-key': { firstName: name, ...(groupIds && { groups: { presence: 'listed', names: groupIds.map(String) } }) },
  });

interface ToldRow {
  readonly name: string;
  readonly group_ids: number[];
}

interface KeyRow extends ToldRow {
  readonly account_id: string;
  readonly status: ApiKey['status'];
  readonly created_at: Date;
  readonly last_used_at: Date | null;
}

const keyColumns = Prisma.sql`account_id, key.name, key.group_ids, account.status, key.created_at, key.last_used_at`;

const toApiKey = (row: KeyRow): ApiKey => ({
  id: row.account_id,
  name: row.name,
  groupIds: row.group_ids,
  status: row.status,
  createdAt: row.created_at.toISOString(),
  lastUsedAt: row.last_used_at?.toISOString() ?? null,
});

const announceKeyChange = (
  tx: Prisma.TransactionClient,
  by: Author,
  { id, before, after }: { id: string; before: ToldRow | null; after: ToldRow | null },
): Promise<void> =>
  announceSettingsChange(tx, by, {
    what: 'api-key',
    id,
    accountId: id,
    before: before && toldOf(before),
    after: after && toldOf(after),
  });

const toldOf = ({ name, group_ids: groupIds }: ToldRow): Record<string, unknown> => ({ name, groupIds });

/** That they are used is written once a minute, where nobody else holds the row: nothing waits for it. */
async function introspectKeys(database: PrismaClient, hashes: readonly string[]): Promise<KeyIntrospection[]> {
  const rows = await database.$queryRaw<{ hash: string; account_id: string; claims_version: number }[]>`
    with active as materialized (
      select hash, key_hash, account_id, claims_version, last_used_at
      from unnest(${[...new Set(hashes)]}::text[]) as asked (hash)
        -- A limit keeps each look-up one by its key, however small the tables were when the plan was made.
        cross join lateral (select * from api_key where key_hash = decode(hash, 'hex') limit 1) key
        cross join lateral (select claims_version, status from account where id = key.account_id limit 1) account
      where status = 'active'
    ), used as (
      update api_key set last_used_at = now() where key_hash = any (array(
        select key_hash from api_key
        where key_hash = any (array(
          select key_hash from active where last_used_at is null or last_used_at < now() - interval '1 minute'))
        for no key update skip locked))
    )
    select hash, account_id, claims_version from active`;
  const byKey = new Map(rows.map((row) => [row.hash, row]));
  return hashes.map((hash) => {
    const found = byKey.get(hash);
    return found
      ? { active: true, accountId: found.account_id, claimsVersion: found.claims_version }
      : { active: false };
  });
}
