import type { Request, RequestHandler } from 'express';
import { messagePage } from './pages/message-page.js';

/** Refuses a sign-in or sign-out that a page of another origin has sent on a person's behalf. */
export const ownPagesOnly: RequestHandler = (req, res, next) => {
  if (comesFromOutside(req)) return res.status(403).send(messagePage('Another site sent this.'));
  next();
};

/** Browsers say where a request was made; what is no browser says nothing and carries nobody's cookies. */
function comesFromOutside(req: Request): boolean {
  const site = req.get('sec-fetch-site');
  if (site !== undefined) return site !== 'same-origin' && site !== 'none';
  const origin = req.get('origin');
  return origin !== undefined && (!URL.canParse(origin) || new URL(origin).host !== req.get('host'));
}
