import { clientSecret, freePort } from '@sandgate/tests';
import { signInAdministrator } from '../client/api.js';
import { type OpenIdClient, type SignIn, signInAlone, signInThrough } from '../client/code-flow.js';
import { type Figure, perSecond, ratioOf } from '../figure.js';
import { Closing } from '../stage/closing.js';
import { mustAnswer, startProgram } from '../stage/processes.js';
import { ProcessorMeter } from '../stage/processor-time.js';
import type { Stage } from '../stage/stage.js';
import { administrator, System, siteUrl } from '../stage/system.js';
import { compare } from '../statistics.js';

const browsers = 32;
const accounts = 1_000;
const rounds = 3;

/** Sign-ins by authorization code with PKCE, of existing accounts, each at a provider that has not seen the browser before; beside what the provider itself can do. */
export async function measureCodeFlow(stage: Stage, closing: Closing): Promise<Figure[]> {
  const system = await System.prepare(stage, closing);
  const client = await startProvider(closing);
  await system.start('auth', closing);
  await configure(system, client);

  const meters = { ours: new ProcessorMeter(), bare: new ProcessorMeter() };
  const through = () => signInThrough(system.ports.auth, '/auth/sso?provider=bench', client);
  const signedIn = await compare(
    rounds,
    () => meters.ours.measure(() => signEveryoneIn(through)),
    () => meters.bare.measure(() => signEveryoneIn(() => signInAlone(client))),
  );
  return [
    {
      what: `sign-ins by authorization code, ${accounts} existing accounts, ${browsers} browsers; bare: the provider alone`,
      measured: perSecond(signedIn.ours),
      bare: perSecond(signedIn.bare),
      ratio: ratioOf(signedIn.ratio),
    },
    ...meters.ours.figure('processor time of such a sign-in; bare: the provider'),
    ...meters.bare.figure('processor time of it at the provider alone'),
  ];
}

/** Every account once, by as many browsers side by side. */
async function signEveryoneIn(
  open: () => Promise<{ signIn: SignIn; close: () => unknown }>,
): Promise<{ result: number; units: number }> {
  const opened = await Promise.all(Array.from({ length: browsers }, open));
  let next = 0;
  const start = performance.now();
  try {
    await Promise.all(
      opened.map(async ({ signIn }) => {
        while (next < accounts) await signIn(next++);
      }),
    );
    return { result: (accounts * 1000) / (performance.now() - start), units: accounts };
  } finally {
    for (const { close } of opened) close();
  }
}

async function startProvider(closing: Closing): Promise<OpenIdClient> {
  const port = await freePort();
  const redirectUri = `${siteUrl}/auth/sso/callback`;
  const isReady = () => mustAnswer(`http://localhost:${port}/.well-known/openid-configuration`);
  const env = { PORT: String(port), REDIRECT_URI: redirectUri };
  await startProgram({ file: 'tests/dist/bench/bare/openid-provider.js', env, isReady }, closing);
  return { port, redirectUri, clientId: 'sandgate', clientSecret };
}

/** Adds the provider, for which it needs the services that know who is an administrator; they do not run while it is measured. */
async function configure(system: System, { port, clientId, clientSecret }: OpenIdClient): Promise<void> {
  const others = new Closing();
  for (const service of ['directory', 'permissions'] as const) await system.start(service, others);
  const settings = { enabled: true, issuer: `http://localhost:${port}`, clientId, clientSecret };
  const api = await signInAdministrator(system.urlOf('auth'), administrator);
  await api('POST', `${system.urlOf('auth')}/api/providers`, { name: 'bench', kind: 'oidc', settings });
  await others.closeAll();
}
