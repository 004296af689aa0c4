import { createOutbox } from '@sandgate/messaging';
import type { Service } from '@sandgate/service-kit';
import { createAccountStore } from './accounts/account-store.js';
import { announceEveryAccount } from './accounts/user-logged-in-store.js';
import { connect } from './database.js';
import { applyEnvironment, type Environment } from './environment/apply-environment.js';
import { createEnvironmentStore } from './environment/environment-store.js';
import { createSigningKeyRoute } from './http/create-signing-key.route.js';
import { deleteSigningKeyRoute } from './http/delete-signing-key.route.js';
import { getJwtProviderRoute } from './http/get-jwt-provider.route.js';
import { putJwtProviderRoute } from './http/put-jwt-provider.route.js';
import { signInWithPasswordRoute } from './http/sign-in-with-password.route.js';
import { signOutRoute } from './http/sign-out.route.js';
import { singleSignOnRoute } from './http/single-sign-on.route.js';
import { createSigningKey, deleteSigningKey } from './providers/change-signing-keys.js';
import { createCurrentProvider } from './providers/current-provider.js';
import { createProviderStore } from './providers/provider-store.js';
import { introspectSessionAnswer } from './questions/introspect-session.answer.js';
import { setAccountStatusAnswer } from './questions/set-account-status.answer.js';
import { removeExpired } from './sessions/expired-store.js';
import { createSessionStore } from './sessions/session-store.js';
import { signInWithPassword } from './sessions/sign-in-with-password.js';
import { addressOfProvider } from './sign-in/address-of-provider.js';
import { createSignInStore } from './sign-in/sign-in-store.js';
import { signInWithToken } from './sign-in/sign-in-with-token.js';

export interface AuthDependencies extends Environment {
  readonly databaseUrl: string;
  /** Origin of the site: `return_to` stays on it, and https makes cookies Secure. */
  readonly siteUrl: string;
  /** A session ends so long after the sign-in, however much it is used. */
  readonly sessionSeconds: number;
}

/**
 * auth: proves who somebody is. It owns providers, keys, identities, sessions, passwords, and each account's id, e-mail and status; it
 * publishes `UserLoggedIn` and consumes nothing.
 */
export function createAuth(dependencies: AuthDependencies): Service {
  const { siteUrl, sessionSeconds } = dependencies;
  const database = connect(dependencies.databaseUrl, { max: 10 });
  const outbox = createOutbox();
  const accounts = createAccountStore(database);
  const sessions = createSessionStore(database, sessionSeconds);
  const providers = createProviderStore(database);
  const provider = createCurrentProvider(providers);
  const signIn = signInWithToken({ provider, store: createSignInStore(database, sessionSeconds), outbox });

  return {
    name: 'auth',
    database,
    outbox,
    routes: [
      singleSignOnRoute({ siteUrl, signIn, addressOfProvider: addressOfProvider(provider) }),
      signInWithPasswordRoute({ siteUrl, signIn: signInWithPassword({ accounts, sessions, outbox }) }),
      signOutRoute({ siteUrl, sessions }),
      getJwtProviderRoute(providers),
      putJwtProviderRoute(providers),
      createSigningKeyRoute(createSigningKey(providers)),
      deleteSigningKeyRoute(deleteSigningKey(providers)),
    ],
    answers: [introspectSessionAnswer(sessions), setAccountStatusAnswer(accounts)],
    subscriptions: [],
    jobs: [{ name: 'remove-expired', everySeconds: 60, run: () => removeExpired(database) }],
    readiness: [{ name: 'provider-settings', check: async () => void (await provider.newest()) }],
    resync: async () => {
      const announced = await announceEveryAccount(database);
      outbox.wake();
      return announced;
    },
    prepare: () => applyEnvironment(dependencies, createEnvironmentStore(database), outbox),
    close: () => database.$disconnect(),
  };
}
