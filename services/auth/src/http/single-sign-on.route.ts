import { randomBytes } from 'node:crypto';
import { isForProgram, singleSignOn } from '@sandgate/contracts';
import { type AnyRoute, type CookieSettings, checkReturnTo, Reply, route } from '@sandgate/service-kit';
import type { AskedProvider } from '../oidc/decide-sign-in-address.js';
import type { SignInStart } from '../oidc/start-sign-in.js';
import type { OpenedSession, TokenSignIn } from '../sign-in/sign-in-with-token.js';
import { answerToken } from './answer-token.js';
import { keepDisplay } from './keep-display.js';

interface Dependencies {
  readonly cookie: CookieSettings;
  readonly signIn: (request: TokenSignIn) => Promise<OpenedSession>;
  readonly start: (request: SignInStart) => Promise<{ location: string; cookies?: readonly string[] }>;
  readonly addressForProgram: (asked: AskedProvider) => Promise<string>;
}

export const singleSignOnRoute = ({ cookie, signIn, start, addressForProgram }: Dependencies): AnyRoute =>
  route(singleSignOn, async ({ query, cookies, ...request }) => {
    const asked = query.return_to ?? query.redirect;
    const path = keepDisplay(checkReturnTo(asked, cookie.siteUrl), query);
    const { jwt: token, provider, preferred_method: preferredMethod } = query;
    if (token !== undefined) return answerToken({ cookie, signIn }, { ...request, token, provider, path });
    if (isForProgram(request.headers))
      return {
        url: await addressForProgram({ provider, preferredMethod }),
        method: 'jwt' as const,
        hash: randomBytes(32).toString('base64url'),
      };
    const { source, traceparent, log } = request;
    const returnTo = asked || path !== '/' ? path : undefined;
    return new Reply(
      await start({ asked: { provider, preferredMethod }, returnTo, cookies: cookies(), source, traceparent, log }),
    );
  });
