import type { IncomingHttpHeaders } from 'node:http';
import {
  type Ask,
  describeMemberships,
  type Endpoint,
  Failure,
  introspectApiKey,
  introspectSession,
} from '@sandgate/contracts';
import type { Caller } from './route.js';
import { holdsServiceCredential } from './service-credential.js';
import { type SameSite, type SessionCredential, sessionCookieName, sessionCredentialOf } from './session-credential.js';

const maxTokenLength = 128;

export interface GateOptions {
  readonly ask: Ask;
  readonly siteUrl: string;
  /** Who may show this site in a frame, and read its API from a page of their own. */
  readonly embeddingOrigins: readonly string[];
  /** Of the session cookie; `lax` unless told. */
  readonly sameSite?: SameSite;
  readonly serviceCredential: string;
}

export interface Admitted {
  readonly caller: Caller | undefined;
  readonly credential: SessionCredential | undefined;
}

/** A browser has no session: where it can get one. */
export class SignInNeeded extends Error {
  constructor(readonly singleSignOn: boolean) {
    super('sign in first');
  }
}

/**
 * Authenticates and authorises a request, before anything of it is parsed. Throws `auth.session_required`,
 * `auth.administrator_required`, `request.cross_origin`; for a page `SignInNeeded`.
 */
export async function admit(endpoint: Endpoint, headers: IncomingHttpHeaders, options: GateOptions): Promise<Admitted> {
  const credential = sessionCredentialOf(headers, sessionCookieName(options.sameSite));
  if (endpoint.method !== 'get') refuseForeignOrigin(endpoint, headers, credential, options);
  if (endpoint.access === 'anyone') return { caller: undefined, credential };
  if (endpoint.access === 'operator' && holdsServiceCredential(headers, options.serviceCredential))
    return { caller: undefined, credential };
  const caller = await authenticate(endpoint, credential, options.ask);
  if (endpoint.access !== 'person') await requireAdministrator(caller, options.ask);
  return { caller, credential };
}

/** Cross-site request forgery: what a cookie signs, or what sets one, must come from a page of this site (OWASP ASVS 5.0, 3.5.1). */
function refuseForeignOrigin(
  endpoint: Endpoint,
  headers: IncomingHttpHeaders,
  credential: SessionCredential | undefined,
  { siteUrl, embeddingOrigins }: GateOptions,
): void {
  const { origin } = headers;
  if (origin === new URL(siteUrl).origin) return;
  if (endpoint.fromConfiguredOrigins && origin !== undefined && embeddingOrigins.includes(origin)) return;
  const signedByCookie = endpoint.access !== 'anyone' && credential?.by === 'cookie';
  const setsCookie = endpoint.access === 'anyone' && origin !== undefined;
  if (signedByCookie || setsCookie) throw new Failure('request.cross_origin');
}

async function authenticate(endpoint: Endpoint, credential: SessionCredential | undefined, ask: Ask): Promise<Caller> {
  const isPage = endpoint.answers === 'page';
  if (!credential && !isPage) throw new Failure('auth.session_required');
  if (credential?.by === 'api-key' && !isPage) return authenticateProgram(credential.token, ask);
  // A longer one cannot be a session of ours; an API key opens no page.
  const isSession = credential && credential.by !== 'api-key' && credential.token.length <= maxTokenLength;
  const session = await ask(introspectSession, isSession ? { token: credential.token } : {});
  if (session.active) return { accountId: session.accountId, claimsVersion: session.claimsVersion };
  throw isPage ? new SignInNeeded(session.singleSignOn) : new Failure('auth.session_required');
}

async function authenticateProgram(key: string, ask: Ask): Promise<Caller> {
  const known = key.length <= maxTokenLength ? await ask(introspectApiKey, { key }) : undefined;
  if (!known?.active) throw new Failure('auth.session_required');
  return { accountId: known.accountId, claimsVersion: known.claimsVersion };
}

async function requireAdministrator(caller: Caller, ask: Ask): Promise<void> {
  const { administrator } = await ask(describeMemberships, { ...caller });
  if (!administrator) throw new Failure('auth.administrator_required');
}
