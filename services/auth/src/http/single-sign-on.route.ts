import { singleSignOn } from '@sandgate/contracts';
import { type AnyRoute, checkReturnTo, Reply, route, sessionCookieHeader } from '@sandgate/service-kit';
import type { SignInStart } from '../oidc/start-sign-in.js';
import type { TokenSignIn } from '../sign-in/sign-in-with-token.js';

interface Dependencies {
  readonly siteUrl: string;
  readonly signIn: (request: TokenSignIn) => Promise<string>;
  readonly start: (request: SignInStart) => Promise<{ location: string; cookies?: readonly string[] }>;
}

export const singleSignOnRoute = ({ siteUrl, signIn, start }: Dependencies): AnyRoute =>
  route(singleSignOn, async ({ query, credential, cookies, source, traceparent, log }) => {
    const returnTo = query.return_to ?? query.redirect;
    const path = checkReturnTo(returnTo, siteUrl);
    const { jwt: token, provider } = query;
    if (token === undefined) {
      const asked = { provider, preferredMethod: query.preferred_method };
      return new Reply(
        await start({ asked, returnTo: returnTo ? path : undefined, cookies: cookies(), traceparent, log }),
      );
    }
    const session = await signIn({ token, provider, previousSession: credential?.token, source, traceparent, log });
    return new Reply({ location: path, cookies: [sessionCookieHeader(session, { siteUrl })] });
  });
