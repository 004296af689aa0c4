import express, { type ErrorRequestHandler, type Express, type RequestHandler } from 'express';
import type { HostAppConfig } from './config.js';
import { ownPagesOnly } from './own-pages-only.js';
import { analyticsPage } from './pages/analytics-page.js';
import { homePage } from './pages/home-page.js';
import { messagePage } from './pages/message-page.js';
import { reportPage } from './pages/report-page.js';
import { reportScript } from './pages/report-script.js';
import { signInPage } from './pages/sign-in-page.js';
import { signedOutPage } from './pages/signed-out-page.js';
import { script, style } from './pages/style.js';
import { findByCredentials } from './people.js';
import { safeReturnTo } from './safe-return-to.js';
import { sandgateFrameUrl, sandgateSignIn, sandgateSignOutUrl } from './sandgate.js';
import { cookieSessions } from './session.js';

/**
 * A customer's application that shows its people their own rows in Sandgate. It has what any application has, a sign-in form
 * and sessions; what connects it to Sandgate is `sandgateSignIn`, the frame in `/analytics`, and the script in `/report`.
 */
export function createHostApp(config: HostAppConfig): Express {
  const sessions = cookieSessions(config.sessionSecret);
  const app = express().disable('x-powered-by').use(pageHeaders(config.sandgate.siteUrl));

  app.use(sandgateSignIn(config.sandgate, sessions.restrict));

  app.get('/analytics', sessions.restrict, (_req, res) => {
    res.send(analyticsPage(res.locals.user, sandgateFrameUrl(config.analyticsPath)));
  });

  app.get('/report', sessions.restrict, (_req, res) => {
    res.send(reportPage(res.locals.user, config.sandgate.siteUrl, tableOf(config.analyticsPath)));
  });

  app.get('/', (req, res) => {
    res.send(homePage(sessions.personOf(req)));
  });

  app.get('/login', (req, res) => {
    res.send(signInPage({ returnTo: safeReturnTo(req.query.return_to) }));
  });

  app.post('/login', ownPagesOnly, express.urlencoded({ extended: false, limit: '4kb' }), (req, res) => {
    const { email, password, returnTo } = readSignInForm(req.body);
    const person = findByCredentials(email, password);
    if (!person) return res.status(401).send(signInPage({ returnTo, email, refused: true }));
    sessions.start(person, req, res);
    res.redirect(303, returnTo);
  });

  const signOut: RequestHandler = (_req, res) => {
    sessions.end(res);
    res.redirect(303, '/signed-out');
  };
  app.route('/logout').all(ownPagesOnly).get(signOut).post(signOut);

  app.get('/signed-out', (_req, res) => {
    res.send(signedOutPage(sandgateSignOutUrl(config.sandgate)));
  });

  app.get('/style.css', (_req, res) => res.type('css').send(style));
  app.get('/sign-in.js', (_req, res) => res.type('js').send(script));
  app.get('/report.js', (_req, res) => res.type('js').send(reportScript));
  app.use((_req, res) => res.status(404).send(messagePage('There is no such page.')));
  app.use(failed);
  return app;
}

/** The name of the table that a page of Sandgate is about. */
const tableOf = (path: string): string =>
  decodeURIComponent(
    path
      .replace(/[?#].*/s, '')
      .split('/')
      .at(-1) ?? '',
  );

function readSignInForm(form: unknown): { email: string; password: string; returnTo: string } {
  const fields: Record<string, unknown> = typeof form === 'object' && form !== null ? { ...form } : {};
  const text = (value: unknown) => (typeof value === 'string' ? value : '');
  return { email: text(fields.email), password: text(fields.password), returnTo: safeReturnTo(fields.return_to) };
}

/** Nothing from outside, except Sandgate: in a frame, asked by a script, and at the end of the redirects that follow the sign-in form. */
function pageHeaders(siteUrl: string): RequestHandler {
  const sandgate = new URL(siteUrl).origin;
  const contentSecurityPolicy = [
    "default-src 'none'",
    "style-src 'self'",
    "script-src 'self'",
    'img-src data:',
    `frame-src 'self' ${sandgate}`,
    `connect-src 'self' ${sandgate}`,
    `form-action 'self' ${sandgate}`,
    "frame-ancestors 'self'",
    "base-uri 'none'",
  ].join('; ');
  return (_req, res, next) => {
    res.set({
      'Cache-Control': 'no-store',
      'Content-Security-Policy': contentSecurityPolicy,
      'Referrer-Policy': 'same-origin',
      'X-Content-Type-Options': 'nosniff',
    });
    next();
  };
}

const failed: ErrorRequestHandler = (error: unknown, _req, res, _next) => {
  if (isBadRequest(error)) return res.status(400).send(messagePage('That request could not be read.'));
  console.error(error);
  res.status(500).send(messagePage('Something went wrong here.'));
};

/** Express marks what a client has sent wrongly, such as a form that is too long, with a status below 500. */
const isBadRequest = (error: unknown): boolean =>
  error instanceof Error && 'status' in error && typeof error.status === 'number' && error.status < 500;
