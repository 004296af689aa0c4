import { OidcProviderSettings } from '@sandgate/contracts';
import type { Author } from '@sandgate/messaging';
import type { Prisma, PrismaClient } from '../generated/prisma/client.js';
import { lockProviders, raiseProviderRevision } from '../providers/provider-revision-store.js';
import { findStanding, type ProviderStanding } from '../providers/provider-store.js';
import { announceSettingsChange } from '../settings/announce-settings-change.js';
import type { OidcProviderValues } from './decide-oidc-settings.js';

/** An OpenID Connect provider as one statement read it. */
export interface StoredOidcProvider extends OidcProviderValues {
  readonly name: string;
  /** Of all providers. */
  readonly revision: number;
  /** 256 bits, which seal what a browser keeps of a sign-in. */
  readonly stateKey: Uint8Array;
}

/** Whatever changes a provider is announced with its author. */
export interface OidcProviderStore {
  /** All of them, in the order in which they were made. Read anew for each sign-in, which asks another server several times anyway. */
  readAll(): Promise<readonly StoredOidcProvider[]>;
  /** Undefined when the name is taken. */
  create(name: string, values: OidcProviderValues, by: Author): Promise<StoredOidcProvider | undefined>;
  /** Reads under a lock, then writes what `change` makes of it. Throwing leaves all as it is. Undefined when there is no such provider. */
  change(
    name: string,
    change: (provider: StoredOidcProvider, standing: ProviderStanding) => OidcProviderValues,
    by: Author,
  ): Promise<StoredOidcProvider | undefined>;
}

export const createOidcProviderStore = (database: PrismaClient): OidcProviderStore => ({
  readAll: () => readAll(database),
  create: (...given) => database.$transaction((tx) => oidcProvidersWithin(tx).create(...given)),
  change: (...given) => database.$transaction((tx) => oidcProvidersWithin(tx).change(...given)),
});

/** What changes OpenID Connect providers, within a transaction of the caller. */
export const oidcProvidersWithin = (tx: Prisma.TransactionClient): Pick<OidcProviderStore, 'create' | 'change'> => ({
  async create(name, values, by) {
    await lockProviders(tx);
    const data = [{ ...values.settings, clientSecret: values.clientSecret, name, kind: 'oidc' }];
    const { count } = await tx.provider.createMany({ data, skipDuplicates: true });
    return count === 0 ? undefined : changed(tx, { name, by, before: undefined });
  },
  async change(name, change, by) {
    await lockProviders(tx);
    const before = await find(tx, name);
    if (!before) return undefined;
    const { settings, clientSecret } = change(before, await findStanding(tx, name));
    await tx.provider.update({ where: { name }, data: { ...settings, clientSecret } });
    return changed(tx, { name, by, before });
  },
});

async function changed(
  tx: Prisma.TransactionClient,
  { name, by, before }: { name: string; by: Author; before: StoredOidcProvider | undefined },
): Promise<StoredOidcProvider | undefined> {
  await raiseProviderRevision(tx);
  const after = await find(tx, name);
  const isReplaced = before?.clientSecret !== null && before?.clientSecret !== after?.clientSecret;
  await announceSettingsChange(tx, by, {
    what: 'provider',
    id: name,
    before: before ? toldOf(before, 'given') : null,
    after: after ? toldOf(after, before && isReplaced ? 'replaced' : 'given') : null,
  });
  return after;
}

/** What is announced of a provider: of its secret only that there is one, or another one. */
const toldOf = (
  { settings, clientSecret }: OidcProviderValues,
  secret: 'given' | 'replaced',
): Record<string, unknown> => ({ ...settings, clientSecret: clientSecret === null ? null : secret });

const find = async (database: Prisma.TransactionClient, name: string): Promise<StoredOidcProvider | undefined> =>
  (await readAll(database)).find((one) => one.name === name);

interface Row extends Omit<StoredOidcProvider, 'settings'> {
  readonly settings: unknown;
}

async function readAll(database: Prisma.TransactionClient): Promise<StoredOidcProvider[]> {
  const rows = await database.$queryRaw<Row[]>`
    select name, (select revision from provider_revision), client_secret as "clientSecret", state_key as "stateKey",
      jsonb_build_object('enabled', enabled, 'issuer', issuer, 'clientId', client_id, 'pkce', pkce, 'scopes', scopes,
        'emailClaim', email_claim, 'firstNameClaim', first_name_claim, 'lastNameClaim', last_name_claim,
        'groupsClaim', groups_claim, 'userProvisioning', user_provisioning, 'trustedDomains', trusted_domains) as settings
    from provider where kind = 'oidc' order by created_at, name`;
  return rows.map((row) => ({ ...row, settings: OidcProviderSettings.parse(row.settings) }));
}
