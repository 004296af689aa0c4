import { singleSignOn } from '@sandgate/contracts';
import { type AnyRoute, checkReturnTo, Reply, route, sessionCookieHeader } from '@sandgate/service-kit';
import type { TokenSignIn } from '../sign-in/sign-in-with-token.js';

interface Dependencies {
  readonly siteUrl: string;
  readonly signIn: (request: TokenSignIn) => Promise<string>;
  readonly addressOfProvider: (returnTo: string | undefined, provider: string | undefined) => Promise<string>;
}

export const singleSignOnRoute = ({ siteUrl, signIn, addressOfProvider }: Dependencies): AnyRoute =>
  route(singleSignOn, async ({ query, credential, source, traceparent, log }) => {
    const returnTo = query.return_to ?? query.redirect;
    const path = checkReturnTo(returnTo, siteUrl);
    const { jwt: token, provider } = query;
    if (token === undefined)
      return new Reply({ location: await addressOfProvider(returnTo ? path : undefined, provider) });
    const session = await signIn({ token, provider, previousSession: credential?.token, source, traceparent, log });
    return new Reply({ location: path, cookies: [sessionCookieHeader(session, { siteUrl })] });
  });
