import type { Request, RequestHandler, Response } from 'express';
import jwt from 'jsonwebtoken';
import { findByEmail, type Person } from './people.js';

/** A handler that runs only for a person who is signed in, and finds them in `res.locals.user`. */
export type Restricted = RequestHandler<Request['params'], unknown, unknown, Request['query'], { user: Person }>;

/** This application's own sessions, which Sandgate never sees. */
export interface Sessions {
  start(person: Person, req: Request, res: Response): void;
  end(res: Response): void;
  /** Who is signed in. Somebody with an expired or forged cookie is not. */
  personOf(req: Request): Person | undefined;
  /** Lets signed-in people pass. A browser goes to the sign-in form and comes back; a program is told 401. */
  readonly restrict: Restricted;
}

// Cookies are shared by all ports of a host name, so on localhost this one needs a name that Sandgate's does not have.
const COOKIE = 'host_app.session';
const LIFETIME_SECONDS = 8 * 60 * 60;

/** Sessions that live in a signed cookie, which names the person. */
export function cookieSessions(secret: string): Sessions {
  const personOf = (req: Request) => findByEmail(signedInEmail(req, secret) ?? '');
  return {
    personOf,
    start(person, req, res) {
      const session = jwt.sign({}, secret, { subject: person.email, audience: COOKIE, expiresIn: LIFETIME_SECONDS });
      res.cookie(COOKIE, session, {
        httpOnly: true,
        sameSite: 'lax',
        secure: req.secure,
        maxAge: LIFETIME_SECONDS * 1000,
      });
    },
    end(res) {
      res.clearCookie(COOKIE, { httpOnly: true, sameSite: 'lax' });
    },
    restrict(req, res, next) {
      const user = personOf(req);
      if (user) {
        res.locals.user = user;
        return next();
      }
      if (req.query.response === 'json') return res.status(401).json({ error: 'Sign in to this application first.' });
      res.redirect(`/login?return_to=${encodeURIComponent(req.originalUrl)}`);
    },
  };
}

function signedInEmail(req: Request, secret: string): string | undefined {
  const cookie = req.headers.cookie?.split('; ').find((pair) => pair.startsWith(`${COOKIE}=`));
  if (cookie === undefined) return undefined;
  try {
    const session = jwt.verify(cookie.slice(COOKIE.length + 1), secret, { algorithms: ['HS256'], audience: COOKIE });
    return typeof session === 'string' ? undefined : session.sub;
  } catch (error) {
    if (error instanceof jwt.JsonWebTokenError) return undefined;
    throw error;
  }
}
