import { presentToken } from '@sandgate/contracts';
import { type AnyRoute, type CookieSettings, checkReturnTo, route } from '@sandgate/service-kit';
import type { OpenedSession, TokenSignIn } from '../sign-in/sign-in-with-token.js';
import { answerToken } from './answer-token.js';
import { keepDisplay } from './keep-display.js';

interface Dependencies {
  readonly cookie: CookieSettings;
  readonly signIn: (request: TokenSignIn) => Promise<OpenedSession>;
}

export const presentTokenRoute = ({ cookie, signIn }: Dependencies): AnyRoute =>
  route(presentToken, ({ query, body, ...request }) => {
    const path = keepDisplay(checkReturnTo(query.return_to ?? query.redirect, cookie.siteUrl), query);
    return answerToken({ cookie, signIn }, { ...request, token: body.jwt, provider: query.provider, path });
  });
