import { type Ask, forgetGroupSync, listAdministrators } from '@sandgate/contracts';
import { createOutbox } from '@sandgate/messaging';
import type { Logger, SameSite, Service } from '@sandgate/service-kit';
import { createAccountStore } from './accounts/account-store.js';
import { createPasswordAccount } from './accounts/create-password-account.js';
import { createPasswordAccountStore } from './accounts/password-account-store.js';
import { announceEveryAccount } from './accounts/user-logged-in-store.js';
import { createApiKeyStore } from './api-keys/api-key-store.js';
import { createApiKeyChanger } from './api-keys/change-api-keys.js';
import { connect } from './database.js';
import { dryRunSignIn } from './dry-run/dry-run-sign-in.js';
import { createPreviewChange } from './dry-run/preview-change-store.js';
import { previewProviderChanges } from './dry-run/preview-provider-changes.js';
import { createPreviewSignIn } from './dry-run/preview-sign-in-store.js';
import { tellSignIn } from './dry-run/tell-sign-in.js';
import { applyEnvironment, type Environment } from './environment/apply-environment.js';
import { createEnvironmentStore } from './environment/environment-store.js';
import { changeApiKeyRoute } from './http/change-api-key.route.js';
import { changePasswordRoute } from './http/change-password.route.js';
import { changeSigningKeyRoute } from './http/change-signing-key.route.js';
import { checkProviderRoute } from './http/check-provider.route.js';
import { createApiKeyRoute } from './http/create-api-key.route.js';
import { createPasswordResetRoute } from './http/create-password-reset.route.js';
import { createProviderRoute } from './http/create-provider.route.js';
import { createSigningKeyRoute } from './http/create-signing-key.route.js';
import { deleteApiKeyRoute } from './http/delete-api-key.route.js';
import { deleteProviderRoute } from './http/delete-provider.route.js';
import { deleteSigningKeyRoute } from './http/delete-signing-key.route.js';
import { dryRunSignInRoute } from './http/dry-run-sign-in.route.js';
import { endSessionRoute } from './http/end-session.route.js';
import { endSessionsRoute } from './http/end-sessions.route.js';
import { getPasswordSignInRoute } from './http/get-password-sign-in.route.js';
import { getProviderRoute } from './http/get-provider.route.js';
import { getSessionPropertiesRoute } from './http/get-session-properties.route.js';
import { listApiKeysRoute } from './http/list-api-keys.route.js';
import { listProvidersRoute } from './http/list-providers.route.js';
import { listSessionsRoute } from './http/list-sessions.route.js';
import { presentTokenRoute } from './http/present-token.route.js';
import { putPasswordSignInRoute } from './http/put-password-sign-in.route.js';
import { putProviderRoute } from './http/put-provider.route.js';
import { resetPasswordRoute } from './http/reset-password.route.js';
import { signInWithPasswordRoute } from './http/sign-in-with-password.route.js';
import { signOutRoute } from './http/sign-out.route.js';
import { singleSignOnRoute } from './http/single-sign-on.route.js';
import { singleSignOnCallbackRoute } from './http/single-sign-on-callback.route.js';
import { singleSignOutRoute } from './http/single-sign-out.route.js';
import { addressForProgram } from './oidc/address-for-program.js';
import { changeOidcProvider, createOidcProvider } from './oidc/change-oidc-providers.js';
import { checkProvider } from './oidc/check-provider.js';
import { describeEveryProvider } from './oidc/describe-every-provider.js';
import { findEnabledProviders } from './oidc/enabled-providers.js';
import { createOidcClients } from './oidc/oidc-clients.js';
import { createOidcProviderStore } from './oidc/oidc-provider-store.js';
import { signInWithCode } from './oidc/sign-in-with-code.js';
import { startCodeFlow } from './oidc/start-code-flow.js';
import { startSignIn } from './oidc/start-sign-in.js';
import { createPasswordChanger } from './passwords/change-passwords.js';
import { createPasswordSignInStore } from './passwords/password-sign-in-store.js';
import { createPasswordStore } from './passwords/password-store.js';
import { switchPasswordSignIn } from './passwords/switch-password-sign-in.js';
import { changeProviderSettings, createProvider, deleteProvider } from './providers/change-providers.js';
import { createSigningKey, deleteSigningKey, retireSigningKey } from './providers/change-signing-keys.js';
import { createCurrentProviders } from './providers/current-providers.js';
import { createKeyUses, noteKeyUses } from './providers/key-uses.js';
import { createProviderStore } from './providers/provider-store.js';
import { createPasswordAccountAnswer } from './questions/create-password-account.answer.js';
import { describePasswordSignInAnswer } from './questions/describe-password-sign-in.answer.js';
import { enablePasswordSignInAnswer } from './questions/enable-password-sign-in.answer.js';
import { introspectApiKeyAnswer } from './questions/introspect-api-key.answer.js';
import { introspectSessionAnswer } from './questions/introspect-session.answer.js';
import { setAccountStatusAnswer } from './questions/set-account-status.answer.js';
import { announceRefusals } from './refusals/announce-refusals.js';
import { guardCodes, guardPasswords, guardTokens, noteRefusals } from './refusals/guard-sign-in.js';
import { createRefusalCounts } from './refusals/refusal-counts.js';
import { createRefusalLimit } from './refusals/refusal-limit.js';
import { removeExpired } from './sessions/expired-store.js';
import { limitComputations } from './sessions/password.js';
import { createSessionStore } from './sessions/session-store.js';
import { signInWithPassword } from './sessions/sign-in-with-password.js';
import { addressOfProvider } from './sign-in/address-of-provider.js';
import { createSignInStore } from './sign-in/sign-in-store.js';
import { signInWithToken } from './sign-in/sign-in-with-token.js';

export interface AuthDependencies extends Environment {
  readonly databaseUrl: string;
  /** Origin of the site: `return_to` stays on it, and https makes cookies Secure. */
  readonly siteUrl: string;
  /** Of the session cookie; `lax` unless told. */
  readonly sameSite?: SameSite;
  /** Applications that may show the site in a frame or read its API. */
  readonly embeddingOrigins: readonly string[];
  /** A session ends so long after the sign-in, however much it is used. */
  readonly sessionSeconds: number;
  /** So many sign-ins of one source are refused a minute, before it is held back. */
  readonly refusalsPerMinute: number;
  /** And so long after it was last used; only the former where absent. */
  readonly sessionIdleSeconds?: number | undefined;
  /** permissions for administrators, groups and group synchronisation; directory, permissions and dashboard for what a dry run of a token tells. */
  readonly ask: Ask;
  readonly log: Logger;
}

/** Some megabytes at most. */
const limits = { maxSources: 20_000, now: () => performance.now() };

/**
 * auth: proves who somebody is. It owns providers, keys, identities, sessions, passwords, and each account's id, e-mail and status; it
 * publishes `UserLoggedIn` and consumes nothing.
 */
export function createAuth(dependencies: AuthDependencies): Service {
  const { siteUrl, sameSite, sessionSeconds, sessionIdleSeconds: idleSeconds, ask } = dependencies;
  const cookie = { siteUrl, sameSite };
  const database = connect(dependencies.databaseUrl, { max: 10 });
  const outbox = createOutbox();
  const accounts = createAccountStore(database);
  const sessions = createSessionStore(database, { sessionSeconds, idleSeconds });
  const limited = limitComputations();
  const passwords = createPasswordChanger({ passwords: createPasswordStore(database), limited, siteUrl });
  const passwordSignIn = createPasswordSignInStore(database);
  const keys = createApiKeyStore(database);
  const apiKeys = createApiKeyChanger({ keys, ask, outbox });
  const providerStore = createProviderStore(database);
  const providers = createCurrentProviders(providerStore, dependencies.log);
  const keyUses = createKeyUses();
  const signInStore = createSignInStore({ database, outbox, sessionSeconds });
  const signIn = signInWithToken({ providers, keyUses, store: signInStore, sessionSeconds });
  const oidc = { providers: createOidcProviderStore(database), clients: createOidcClients({ siteUrl }) };
  const previews = previewProviderChanges({ previewChange: createPreviewChange(database, { idleSeconds }), ask });
  const describeAll = describeEveryProvider(providerStore, oidc.providers, { siteUrl });
  const wayIn = {
    enabledProviders: findEnabledProviders(providers, oidc.providers),
    addressOfProvider: addressOfProvider(providers),
  };

  const allProviders = { jwtProviders: providers, oidcProviders: oidc.providers };
  const tell = tellSignIn({ previewSignIn: createPreviewSignIn(database), ask });

  const refusals = createRefusalCounts(() => new Date());
  const announce = announceRefusals({ database, outbox, refusals });
  // Of their own, so that a host application with a wrong key holds nobody's password back.
  const guard = () => ({
    refusals,
    limit: createRefusalLimit({ ...limits, perMinute: dependencies.refusalsPerMinute }),
  });
  const guardedSignIn = guardTokens(guard(), signIn);
  const start = noteRefusals(refusals, startSignIn({ ...wayIn, startCodeFlow: startCodeFlow({ ...oidc, siteUrl }) }));
  // One for all that takes a password: guesses add up wherever they are made.
  const passwordGuard = guard();

  return {
    name: 'auth',
    database,
    outbox,
    routes: [
      singleSignOnRoute({ cookie, signIn: guardedSignIn, start, addressForProgram: addressForProgram(wayIn) }),
      presentTokenRoute({ cookie, signIn: guardedSignIn }),
      singleSignOnCallbackRoute({
        cookie,
        signIn: guardCodes(guard(), signInWithCode({ ...oidc, store: signInStore })),
      }),
      signInWithPasswordRoute({
        cookie,
        signIn: guardPasswords(passwordGuard, signInWithPassword({ accounts, sessions, outbox, limited })),
      }),
      signOutRoute({ cookie, sessions }),
      singleSignOutRoute({ cookie, sessions }),
      getSessionPropertiesRoute({ cookie, embeddingOrigins: dependencies.embeddingOrigins, sessions }),
      listSessionsRoute({ sessions, ask }),
      endSessionRoute({ sessions, ask }),
      endSessionsRoute({ sessions, ask }),
      createPasswordResetRoute(passwords),
      resetPasswordRoute(guardPasswords(passwordGuard, passwords.reset)),
      changePasswordRoute(guardPasswords(passwordGuard, passwords.change)),
      getPasswordSignInRoute(passwordSignIn),
      putPasswordSignInRoute(
        switchPasswordSignIn({
          passwordSignIn,
          administratorIds: async () => (await ask(listAdministrators, {})).accountIds,
        }),
        previews,
      ),
      listApiKeysRoute(keys),
      createApiKeyRoute(apiKeys),
      changeApiKeyRoute(apiKeys),
      deleteApiKeyRoute(apiKeys),
      listProvidersRoute(describeAll),
      createProviderRoute({
        siteUrl,
        createJwt: createProvider(providerStore),
        createOidc: createOidcProvider(oidc.providers),
        previews,
      }),
      getProviderRoute(describeAll),
      putProviderRoute({
        siteUrl,
        changeJwt: changeProviderSettings(providerStore),
        changeOidc: changeOidcProvider(oidc.providers),
        previews,
      }),
      deleteProviderRoute(
        deleteProvider(providerStore, {
          forgetGroupSync: (provider, by) => ask(forgetGroupSync, { provider, ...by }),
          wake: outbox.wake,
        }),
        previews,
      ),
      createSigningKeyRoute(createSigningKey(providerStore), previews),
      changeSigningKeyRoute(retireSigningKey(providerStore), previews),
      deleteSigningKeyRoute(deleteSigningKey(providerStore), previews),
      checkProviderRoute(checkProvider({ ...allProviders, clients: oidc.clients })),
      dryRunSignInRoute(dryRunSignIn({ ...allProviders, tell })),
    ],
    answers: [
      introspectSessionAnswer(sessions),
      introspectApiKeyAnswer(keys),
      setAccountStatusAnswer(accounts),
      createPasswordAccountAnswer(
        createPasswordAccount({ accounts: createPasswordAccountStore(database), limited, siteUrl, outbox }),
      ),
      describePasswordSignInAnswer(passwordSignIn),
      enablePasswordSignInAnswer(passwordSignIn),
    ],
    subscriptions: [],
    jobs: [
      { name: 'remove-expired', everySeconds: 60, run: () => removeExpired(database) },
      { name: 'note-key-uses', everySeconds: 60, run: () => noteKeyUses(keyUses, providerStore) },
      { name: 'announce-refusals', everySeconds: 1, run: announce },
    ],
    readiness: [{ name: 'provider-settings', check: async () => void (await providers.newest()) }],
    resync: async () => {
      const announced = await announceEveryAccount(database);
      outbox.wake();
      return announced;
    },
    prepare: () => applyEnvironment(dependencies, createEnvironmentStore(database), outbox),
    close: () => announce().finally(() => database.$disconnect()),
  };
}
