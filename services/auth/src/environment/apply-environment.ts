import { JwtProviderSettings } from '@sandgate/contracts';
import type { Outbox } from '@sandgate/messaging';
import { ConfigInvalid } from '@sandgate/service-kit';
import { newSecret } from '../providers/change-signing-keys.js';
import type { ProviderChange, StoredProvider } from '../providers/provider-store.js';
import { hashPassword, verifyPassword } from '../sessions/password.js';
import { canonicalEmail } from '../sign-in/canonical-email.js';
import type { AdministratorChange, EnvironmentStore, StoredAdministrator } from './environment-store.js';

/** What the operator sets from outside, applied at every start. */
export interface Environment {
  readonly adminEmail: string;
  readonly adminPassword: string;
  readonly jwtSharedSecret: string;
  /** When given, the provider is enabled with it. */
  readonly identityProviderUri?: string | undefined;
}

/**
 * Makes the database agree with the environment: signing key, provider address, first administrator. Safe to repeat and on several
 * instances at once, which take turns. Throws `ConfigInvalid` when an address is none, or the administrator signs in by token.
 */
export async function applyEnvironment(
  environment: Environment,
  store: EnvironmentStore,
  outbox: Outbox,
): Promise<void> {
  const email = canonicalEmail(environment.adminEmail);
  if (email === undefined) throw new ConfigInvalid(['SANDGATE_ADMIN_EMAIL: must be a plain ASCII e-mail address']);
  const uri = JwtProviderSettings.shape.identityProviderUri.safeParse(environment.identityProviderUri ?? null);
  if (!uri.success) throw new ConfigInvalid(['SANDGATE_JWT_IDENTITY_PROVIDER_URI: must be an http(s) address']);
  await store.apply(email, {
    provider: (provider) => decideProvider(environment, provider),
    administrator: (account) => decideAdministrator(environment, account),
  });
  outbox.wake();
}

function decideProvider(
  { jwtSharedSecret, identityProviderUri }: Environment,
  { settings, keys }: StoredProvider,
): ProviderChange {
  const earlier = keys.find(({ source }) => source === 'environment');
  const isSameAddress = settings.enabled && settings.identityProviderUri === identityProviderUri;
  return {
    ...(identityProviderUri !== undefined && !isSameAddress && { settings: { enabled: true, identityProviderUri } }),
    ...(earlier?.secret !== jwtSharedSecret && { addKey: newSecret('environment', jwtSharedSecret) }),
    ...(earlier && earlier.secret !== jwtSharedSecret && { deleteKey: earlier.id }),
  };
}

async function decideAdministrator(
  { adminPassword }: Environment,
  account: StoredAdministrator | undefined,
): Promise<AdministratorChange> {
  if (account === undefined) return { create: { passwordHash: await hashPassword(adminPassword) } };
  if (account.passwordHash === null) {
    throw new ConfigInvalid([
      'SANDGATE_ADMIN_EMAIL: this person signs in by token already; name another address for the first administrator',
    ]);
  }
  // Compared with what was set from here before: a password that the person has chosen since stays until the operator sets another one.
  const isSamePassword = await verifyPassword(account.environmentHash ?? account.passwordHash, adminPassword);
  return {
    ...(!isSamePassword && { changePassword: { passwordHash: await hashPassword(adminPassword) } }),
    appoint: !account.firstAdministrator,
  };
}
