import { type RequestHandler, Router } from 'express';
import jwt from 'jsonwebtoken';
import type { Person } from './people.js';
import type { Restricted } from './session.js';

/** What this application has to know about Sandgate: where people reach it, and the key that both share. */
export interface SandgateConnection {
  readonly siteUrl: string;
  readonly sharedSecret: string;
}

/** Signs who somebody is, as this application knows it. Good for ten minutes; a claim that is undefined is left out. */
export const signUserToken = (user: Person, sharedSecret: string): string =>
  jwt.sign(
    {
      email: user.email,
      first_name: user.firstName,
      last_name: user.lastName,
      groups: user.groups,
      account_id: user.accountId,
    },
    sharedSecret,
    { algorithm: 'HS256', expiresIn: '10m' },
  );

/**
 * Signs the person of the current session in to Sandgate and takes them to `return_to` there, by default its first page.
 * Sandgate checks `return_to`; here it is only encoded, so that a query in it (`?logo=false&top_nav=false`) stays part of it.
 */
export function sandgateSignIn(sandgate: SandgateConnection, restrict: Restricted): Router {
  return Router().get('/sso/sandgate', neverKept, restrict, (req, res) => {
    const token = signUserToken(res.locals.user, sandgate.sharedSecret);
    if (req.query.response === 'json') return res.json({ jwt: token }); // an SDK fetches the token for itself

    const ssoUrl = new URL('/auth/sso', sandgate.siteUrl);
    ssoUrl.searchParams.set('jwt', token);
    ssoUrl.searchParams.set('return_to', typeof req.query.return_to === 'string' ? req.query.return_to : '/');
    res.redirect(ssoUrl.href);
  });
}

/** The address of a frame that shows the given path of Sandgate to whoever is signed in here. */
export const sandgateFrameUrl = (path: string): string => `/sso/sandgate?return_to=${encodeURIComponent(path)}`;

/** A page that signs a person out of Sandgate when it is shown in a frame. */
export const sandgateSignOutUrl = ({ siteUrl }: SandgateConnection): string => new URL('/auth/logout', siteUrl).href;

/** The token is in the address for one redirect: no cache may keep it and no other site may learn it as a referrer. */
const neverKept: RequestHandler = (_req, res, next) => {
  res.set({ 'Cache-Control': 'no-store', 'Referrer-Policy': 'no-referrer' });
  next();
};
