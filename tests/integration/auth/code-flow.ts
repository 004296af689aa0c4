import { clientSecret } from '../../support/openid-provider.js';
import { type Answered, type RunningAuth, siteUrl } from './running-auth.js';

export const redirectUri = `${siteUrl}/auth/sso/callback`;

/** Adds an enabled OpenID Connect provider that knows the client `sandgate`, or changes it. */
export async function configureProvider(
  auth: RunningAuth,
  name: string,
  change: Record<string, unknown>,
): Promise<Answered> {
  const settings = { enabled: true, clientId: 'sandgate', clientSecret, trustedDomains: [], ...change };
  const created = await auth.asAdministrator('POST', '/api/providers', { name, kind: 'oidc', settings });
  if (created.body?.code !== 'auth.provider_exists') return created;
  return auth.asAdministrator('PUT', `/api/providers/${name}`, { kind: 'oidc', ...settings });
}

/** A browser that has been sent to a provider. */
export interface Tab {
  readonly location: string;
  /** `Set-Cookie` lines of the answer. */
  readonly setCookies: readonly string[];
  /** What it sends as `Cookie` when it comes back. */
  readonly cookie: string;
  comeBack(callback: URL, options?: { cookie?: string; instance?: RunningAuth }): Promise<Answered>;
}

export async function openCodeFlow(auth: RunningAuth, query = '', cookie = ''): Promise<Tab> {
  const answered = await auth.request(`/auth/sso${query}`, { headers: { cookie } });
  const location = answered.headers.get('location');
  if (answered.status !== 302 || location === null) throw new Error(`${answered.status} ${answered.text}`);
  const setCookies = answered.headers.getSetCookie();
  const own = setCookies.map((line) => line.split(';')[0]).join('; ');
  return {
    location,
    setCookies,
    cookie: own,
    comeBack: (callback, { cookie: sent = own, instance = auth } = {}) =>
      instance.request(callback.pathname + callback.search, { headers: { cookie: sent } }),
  };
}
