import { singleSignOn } from '@sandgate/contracts';
import { type AnyRoute, type CookieSettings, checkReturnTo, Reply, route } from '@sandgate/service-kit';
import type { SignInStart } from '../oidc/start-sign-in.js';
import type { OpenedSession, TokenSignIn } from '../sign-in/sign-in-with-token.js';
import { answerToken, isForProgram } from './answer-token.js';
import { keepDisplay } from './keep-display.js';

interface Dependencies {
  readonly cookie: CookieSettings;
  readonly signIn: (request: TokenSignIn) => Promise<OpenedSession>;
  readonly start: (request: SignInStart) => Promise<{ location: string; cookies?: readonly string[] }>;
  /** Where a program gets its tokens. */
  readonly addressOfProvider: (returnTo: undefined, provider: string | undefined) => Promise<string>;
}

export const singleSignOnRoute = ({ cookie, signIn, start, addressOfProvider }: Dependencies): AnyRoute =>
  route(singleSignOn, async ({ query, cookies, ...request }) => {
    const asked = query.return_to ?? query.redirect;
    const path = keepDisplay(checkReturnTo(asked, cookie.siteUrl), query);
    const { jwt: token, provider, preferred_method: preferredMethod } = query;
    if (token !== undefined) return answerToken({ cookie, signIn }, { ...request, token, provider, path });
    if (isForProgram(request.headers))
      return { url: await addressOfProvider(undefined, provider), method: 'jwt' as const };
    const { traceparent, log } = request;
    const returnTo = asked || path !== '/' ? path : undefined;
    return new Reply(
      await start({ asked: { provider, preferredMethod }, returnTo, cookies: cookies(), traceparent, log }),
    );
  });
