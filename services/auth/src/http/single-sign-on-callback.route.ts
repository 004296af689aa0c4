import { singleSignOnCallback } from '@sandgate/contracts';
import { type AnyRoute, type CookieSettings, Reply, route, sessionCookieHeader } from '@sandgate/service-kit';
import type { CodeSignIn } from '../oidc/sign-in-with-code.js';
import { removeCookie } from '../oidc/state-cookie.js';
import { wayOn } from './way-on.js';

interface Dependencies {
  readonly cookie: CookieSettings;
  readonly signIn: (request: CodeSignIn) => Promise<{ session: string; returnTo: string }>;
}

export const singleSignOnCallbackRoute = ({ cookie, signIn }: Dependencies): AnyRoute =>
  route(singleSignOnCallback, async ({ query, headers, cookies, credential, source, traceparent, log }) => {
    const request = {
      callback: query,
      cookies: cookies(),
      previousSession: credential?.token,
      source,
      traceparent,
      log,
    };
    const { session, returnTo } = await signIn(request);
    return new Reply({
      location: wayOn(returnTo, headers, cookie),
      cookies: [sessionCookieHeader(session, cookie), removeCookie(query.state ?? '', cookie.siteUrl)],
    });
  });
