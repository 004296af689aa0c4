import { Failure } from '@sandgate/contracts';
import express, { type Express, type Request, type Response } from 'express';
import type { Answer } from '../questions/ask.js';
import { answerWithoutRoute } from './answer-without-route.js';
import { allowReading, answerPreflight } from './cross-origin.js';
import { type FrameOptions, mountRoutes } from './mount.js';
import { mountAnswers } from './mount-answers.js';
import type { AnyRoute } from './route.js';

export interface AppOptions extends FrameOptions {
  readonly routes: readonly AnyRoute[];
  readonly answers: readonly Answer[];
  /** Addresses and networks of the proxies in front of this process: from these alone `X-Forwarded-For` is believed. None unless told. */
  readonly trustedProxies?: readonly string[] | undefined;
}

export function createApp(options: AppOptions): Express {
  const app = express();
  app.disable('x-powered-by');
  app.disable('etag');
  app.set('query parser', false);
  app.set('trust proxy', [...(options.trustedProxies ?? [])]);
  mountAnswers(app, options.answers, options);
  const headers = securityHeaders(options);
  app.use((request, response, next) => {
    for (const [name, value] of headers) response.setHeader(name, value);
    allowReading(request, response, options.embeddingOrigins);
    next();
  });
  mountRoutes(app, options.routes, options);
  app.use((request: Request, response: Response) => notFound(request, response, options));
  // A malformed path or a failure of Express itself; four parameters make it an error handler.
  app.use((error: unknown, request: Request, response: Response, _next: unknown) => {
    const malformed = error instanceof URIError || (error as { status?: number }).status === 400;
    answerWithoutRoute(malformed ? new Failure('request.invalid') : error, { request, response, log: options.log });
  });
  return app;
}

/** Referrer and cache rules keep a token in an address from going anywhere else (RFC 9700 section 4.2.4). */
function securityHeaders({ embeddingOrigins, siteUrl }: AppOptions): readonly [string, string][] {
  const ancestors = ["'self'", ...embeddingOrigins].join(' ');
  const policy = `default-src 'self'; base-uri 'none'; object-src 'none'; form-action 'self'; frame-ancestors ${ancestors}`;
  const always: [string, string][] = [
    ['content-security-policy', policy],
    ['referrer-policy', 'no-referrer'],
    ['x-content-type-options', 'nosniff'],
  ];
  return siteUrl.startsWith('https:') ? [...always, ['strict-transport-security', 'max-age=31536000']] : always;
}

function notFound(request: Request, response: Response, { routes, log }: AppOptions): void {
  const allowed = routes
    .filter(({ endpoint }) => matches(endpoint.path, request.path))
    .map(({ endpoint }) => endpoint.method.toUpperCase());
  if (allowed.length > 0 && answerPreflight(request, response, allowed)) return;
  if (allowed.length > 0) response.setHeader('allow', allowed.join(', '));
  const failure = new Failure(allowed.length > 0 ? 'request.method_not_allowed' : 'request.not_found');
  answerWithoutRoute(failure, { request, response, log, outcome: { method: request.method } });
}

const matches = (template: string, path: string): boolean => {
  const parts = template.split('/');
  const actual = path.split('/');
  return parts.length === actual.length && parts.every((part, index) => part.startsWith('{') || part === actual[index]);
};
