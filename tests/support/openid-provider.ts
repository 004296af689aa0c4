import { createServer, type IncomingMessage } from 'node:http';
import type { AddressInfo } from 'node:net';
import { exportJWK, generateKeyPair } from 'jose';

export interface OpenIdProvider {
  readonly issuer: string;
  /** `method path` of everything that it was asked, in order. */
  readonly asked: string[];
  /** Who signs in next, without being asked for a password, and what is said of them. */
  person: { readonly sub: string } & Readonly<Record<string, unknown>>;
  /** Follows an authorization request as a browser without any cookie would, to where it is sent back to. */
  signIn(location: string): Promise<URL>;
  stop(): Promise<void>;
}

export const clientSecret = 'Kx7~q+Zt 4/WvB9sR%2FmYp3:Lc8NdGfHj';

/**
 * A real OpenID Connect provider on a free port of this machine, which knows the client `sandgate` with its secret and `public` without.
 * `pkce`: requires it, or knows nothing of it. `thin`: the ID token holds `sub` alone, the rest is at the userinfo endpoint.
 * `pages`: shows pages to sign in and to consent, for a browser, instead of doing both at once. `people`: who signs in by which request,
 * and what is said of them, where that is not `person`.
 */
export async function startOpenIdProvider({
  redirectUri,
  pkce = true,
  thin = false,
  pages = false,
  port = 0,
  people,
}: {
  redirectUri: string;
  pkce?: boolean;
  thin?: boolean;
  pages?: boolean;
  port?: number;
  people?: { subOf(request: IncomingMessage): string; claimsOf(sub: string): Readonly<Record<string, unknown>> };
}): Promise<OpenIdProvider> {
  const { default: Provider } = await quietly(() => import('oidc-provider'));
  const { subOf, claimsOf } = people ?? { subOf: () => running.person.sub, claimsOf: () => running.person };
  let handle: ReturnType<InstanceType<typeof Provider>['callback']> = (_request, response) =>
    response.writeHead(503).end();
  const asked: string[] = [];
  const server = createServer((request, response) => {
    asked.push(`${request.method} ${request.url?.split('?')[0]}`);
    const isInteraction = !pages && request.url?.startsWith('/interaction/') === true;
    if (!isInteraction) return handle(request, response);
    void provider.interactionFinished(request, response, { login: { accountId: subOf(request) } });
  });
  await new Promise<void>((resolve) => server.listen(port, '127.0.0.1', resolve));
  const issuer = `http://localhost:${(server.address() as AddressInfo).port}`;
  const { privateKey } = await generateKeyPair('RS256', { extractable: true });
  const client = {
    redirect_uris: [redirectUri],
    grant_types: ['authorization_code'],
    response_types: ['code'],
  };
  const configuration = {
    clients: [
      { ...client, client_id: 'sandgate', client_secret: clientSecret },
      { ...client, client_id: 'public', token_endpoint_auth_method: 'none' },
    ],
    jwks: { keys: [{ ...(await exportJWK(privateKey)), use: 'sig', kid: 'first' }] },
    cookies: { keys: ['only this machine sees it'] },
    claims: {
      openid: ['sub', 'groups'],
      email: ['email', 'email_verified'],
      profile: ['given_name', 'family_name', 'account_id'],
    },
    conformIdTokenClaims: thin,
    pkce: { required: () => pkce },
    features: { devInteractions: { enabled: pages } },
    interactions: { url: (_context: unknown, { uid }: { uid: string }) => `/interaction/${uid}` },
    ttl: { AccessToken: 600, AuthorizationCode: 60, IdToken: 600, Grant: 600, Interaction: 600, Session: 600 },
    findAccount: (_context: unknown, sub: string) => ({
      accountId: sub,
      claims: () => ({ ...claimsOf(sub), sub }),
    }),
    ...(!pages && {
      async loadExistingGrant({ oidc }: { oidc: { client: { clientId: string }; session: { accountId: string } } }) {
        const grant = new provider.Grant({ clientId: oidc.client.clientId, accountId: oidc.session.accountId });
        grant.addOIDCScope('openid email profile');
        await grant.save();
        return grant;
      },
    }),
  };
  const provider = await quietly(async () => new Provider(issuer, configuration));
  handle = provider.callback();

  const running: OpenIdProvider = {
    issuer,
    asked,
    person: { sub: 'nobody' },
    async signIn(location) {
      const cookies = new Map<string, string>();
      let at = new URL(location);
      for (let hops = 0; at.origin === issuer && hops < 10; hops += 1) {
        const cookie = [...cookies].map(([name, value]) => `${name}=${value}`).join('; ');
        const response = await fetch(at, { redirect: 'manual', headers: { cookie } });
        for (const line of response.headers.getSetCookie()) {
          const [, name = '', value = ''] = /^([^=]+)=([^;]*)/.exec(line) ?? [];
          cookies.set(name, value);
        }
        const next = response.headers.get('location');
        if (next === null) throw new Error(`the provider answers ${response.status}: ${await response.text()}`);
        await response.body?.cancel();
        at = new URL(next, at);
      }
      return at;
    },
    stop: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
  return running;
}

/** Without its warnings that it keeps everything in memory, and that it knows no Node 20. */
async function quietly<Result>(work: () => Promise<Result>): Promise<Result> {
  const { warn } = console;
  console.warn = () => undefined;
  try {
    return await work();
  } finally {
    console.warn = warn;
  }
}
