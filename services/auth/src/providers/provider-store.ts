import { JwtProviderSettings, type SigningKey } from '@sandgate/contracts';
import type { z } from 'zod';
import type { Prisma, PrismaClient } from '../generated/prisma/client.js';

export interface StoredKey extends z.infer<typeof SigningKey> {
  readonly secret: string;
}

/** The JWT provider as one statement read it. */
export interface StoredProvider {
  readonly revision: number;
  readonly settings: JwtProviderSettings;
  readonly keys: readonly StoredKey[];
}

export interface ProviderStore {
  readRevision(): Promise<number>;
  read(): Promise<StoredProvider>;
  /** Reads under a lock, then writes what `change` makes of it, with the revision raised; nothing when it makes nothing. Throwing leaves all as it is. */
  change(change: (provider: StoredProvider) => ProviderChange): Promise<StoredProvider>;
}

export interface ProviderChange {
  readonly settings?: Partial<JwtProviderSettings>;
  readonly addKey?: StoredKey;
  readonly deleteKey?: string;
}

const name = 'jwt';

export const createProviderStore = (database: PrismaClient): ProviderStore => ({
  async readRevision() {
    const rows = await database.$queryRaw<{ revision: number }[]>`
      select revision from provider_revision, provider where name = ${name}`;
    return only(rows).revision;
  },
  read: () => read(database),
  change: (change) => database.$transaction((tx) => changeProvider(tx, change)),
});

/** The part of `change` within a transaction of the caller. Locks the provider first, so that callers take turns. */
export async function changeProvider(
  tx: Prisma.TransactionClient,
  decide: (provider: StoredProvider) => ProviderChange,
): Promise<StoredProvider> {
  await tx.$queryRaw`select from provider_revision for update`;
  const { settings, addKey, deleteKey } = decide(await read(tx));
  if (deleteKey !== undefined) await tx.signingKey.delete({ where: { id: deleteKey } });
  if (addKey) await tx.signingKey.create({ data: { ...addKey, provider: name } });
  if (settings || addKey || deleteKey !== undefined) {
    await tx.provider.update({ where: { name }, data: { ...settings } });
    await tx.providerRevision.updateMany({ data: { revision: { increment: 1 } } });
  }
  return read(tx);
}

interface ProviderRow {
  readonly revision: number;
  readonly settings: unknown;
  readonly keys: readonly StoredKey[];
}

/** One statement, so that settings and keys are of the revision. */
async function read(database: Prisma.TransactionClient): Promise<StoredProvider> {
  const rows = await database.$queryRaw<ProviderRow[]>`
    select (select revision from provider_revision),
      jsonb_build_object('enabled', enabled, 'identityProviderUri', identity_provider_uri, 'emailClaim', email_claim,
        'firstNameClaim', first_name_claim, 'lastNameClaim', last_name_claim, 'groupsClaim', groups_claim,
        'userProvisioning', user_provisioning, 'maxTokenAgeSeconds', max_token_age_seconds, 'requireJti', require_jti,
        'issuer', issuer, 'audience', audience) as settings,
      (select coalesce(jsonb_agg(jsonb_build_object('id', id, 'source', source, 'secret', secret,
          'createdAt', to_char(created_at at time zone 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.MS"Z"')) order by created_at, id), '[]')
        from signing_key where provider = provider.name) as keys
    from provider where name = ${name}`;
  const { revision, settings, keys } = only(rows);
  return { revision, settings: JwtProviderSettings.parse(settings), keys };
}

function only<Row>(rows: readonly Row[]): Row {
  const [row] = rows;
  if (!row) throw new Error('the migration has put the provider jwt into the database, and it is gone');
  return row;
}
