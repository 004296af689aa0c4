import { signOut } from '@sandgate/contracts';
import { type AnyRoute, type CookieSettings, Reply, route, sessionCookieHeader } from '@sandgate/service-kit';
import type { SessionStore } from '../sessions/session-store.js';
import { hashSessionToken } from '../sessions/session-token.js';

interface Dependencies {
  readonly cookie: CookieSettings;
  readonly sessions: SessionStore;
}

export const signOutRoute = ({ cookie, sessions }: Dependencies): AnyRoute =>
  route(signOut, async ({ credential, traceparent }) => {
    if (credential) await sessions.signOut(hashSessionToken(credential.token), traceparent);
    return new Reply({ cookies: [sessionCookieHeader('', cookie)] });
  });
