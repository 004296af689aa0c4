import { singleSignOn } from '@sandgate/contracts';
import { type AnyRoute, checkReturnTo, Reply, route, sessionCookieHeader } from '@sandgate/service-kit';
import type { TokenSignIn } from '../sign-in/sign-in-with-token.js';

interface Dependencies {
  readonly siteUrl: string;
  readonly signIn: (request: TokenSignIn) => Promise<string>;
  readonly addressOfProvider: (returnTo: string | undefined) => Promise<string>;
}

export const singleSignOnRoute = ({ siteUrl, signIn, addressOfProvider }: Dependencies): AnyRoute =>
  route(singleSignOn, async ({ query, credential, traceparent, log }) => {
    const returnTo = query.return_to ?? query.redirect;
    const path = checkReturnTo(returnTo, siteUrl);
    if (query.jwt === undefined) return new Reply({ location: await addressOfProvider(returnTo ? path : undefined) });
    const session = await signIn({ token: query.jwt, previousSession: credential?.token, traceparent, log });
    return new Reply({ location: path, cookies: [sessionCookieHeader(session, { siteUrl })] });
  });
