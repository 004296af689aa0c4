import { singleSignOut } from '@sandgate/contracts';
import { type AnyRoute, type CookieSettings, Reply, route, sessionCookieHeader } from '@sandgate/service-kit';
import type { SessionStore } from '../sessions/session-store.js';
import { hashSessionToken } from '../sessions/session-token.js';

interface Dependencies {
  readonly cookie: CookieSettings;
  readonly sessions: SessionStore;
}

/** Whoever signed with a header has no cookie that would have to go. */
export const singleSignOutRoute = ({ cookie, sessions }: Dependencies): AnyRoute =>
  route(singleSignOut, async ({ credential, traceparent }) => {
    if (credential) await sessions.signOut(hashSessionToken(credential.token), traceparent);
    const cookies = credential?.by === 'cookie' ? [sessionCookieHeader('', cookie)] : [];
    return new Reply({ body: { 'saml-logout-url': null }, cookies });
  });
