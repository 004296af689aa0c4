import { performance } from 'node:perf_hooks';
import { type Endpoint, Failure, isForProgram } from '@sandgate/contracts';
import { correlationIdOf, nextTraceparent } from '@sandgate/messaging';
import express, { type Request, type Response, type Router } from 'express';
import type { Logger } from 'pino';
import type { Histogram } from 'prom-client';
import { describeError, levelOfStatus } from './describe-error.js';
import { forProgram, toErrorPage, toErrorResponse } from './error-response.js';
import { admit, type GateOptions, SignInNeeded } from './gate.js';
import { parseRequest } from './parse-request.js';
import { type AnyRoute, Reply } from './route.js';
import { cookiesOf } from './session-credential.js';
import { sourceOf } from './source-of.js';

export interface FrameOptions extends GateOptions {
  readonly log: Logger;
  readonly requestSeconds: Histogram<'route' | 'status'>;
}

const readJson = express.json({ limit: '256kb', strict: false });

/**
 * Mounts routes. For each request, in this order: authenticate, authorise, validate, handle, guard the response. A handler has no way
 * past any of them, and one line is logged at the end.
 */
export function mountRoutes(router: Router, routes: readonly AnyRoute[], options: FrameOptions): void {
  for (const one of routes) {
    const path = one.endpoint.path.replaceAll(/\{(\w+)\}/g, ':$1');
    router[one.endpoint.method](path, (request, response) => serve(one, request, response, options));
  }
}

async function serve(one: AnyRoute, request: Request, response: Response, options: FrameOptions): Promise<void> {
  const started = performance.now();
  const traceparent = nextTraceparent(request.get('traceparent'));
  const id = correlationIdOf(traceparent);
  const { endpoint } = one;
  const route = `${endpoint.method} ${endpoint.path}`;
  let outcome: Record<string, unknown> = {};
  try {
    const admitted = await admit(endpoint, request.headers, options);
    if (endpoint.body) await readBody(request, response);
    const log = options.log;
    const cookies = (): ReadonlyMap<string, string> => cookiesOf(request.headers.cookie);
    send(
      one,
      response,
      await one.handle({
        ...parseRequest(endpoint, request),
        ...admitted,
        source: sourceOf(request.ip),
        cookies,
        traceparent,
        log,
      }),
    );
  } catch (error) {
    outcome = sendError(error, { one, request, response, id });
  }
  const milliseconds = performance.now() - started;
  options.requestSeconds.observe({ route, status: response.statusCode }, milliseconds / 1000);
  const level = levelOf(endpoint, response.statusCode);
  options.log[level]({
    route,
    correlationId: id,
    status: response.statusCode,
    ms: Math.round(milliseconds * 10) / 10,
    ...outcome,
  });
}

/** Probes and scrapes that find everything in order would be most of the log. */
function levelOf({ owner }: Endpoint, status: number): 'debug' | 'info' | 'error' {
  return owner === 'every service' && status < 400 ? 'debug' : levelOfStatus(status);
}

const readBody = (request: Request, response: Response): Promise<void> =>
  new Promise((resolve, reject) => {
    readJson(request, response, (error?: unknown) => {
      if (error === undefined || error === null) return resolve();
      const tooLarge = (error as { status?: number }).status === 413;
      reject(new Failure(tooLarge ? 'request.too_large' : 'request.not_json', { cause: error }));
    });
  });

function send({ endpoint }: AnyRoute, response: Response, result: unknown): void {
  const parts = result instanceof Reply ? result.parts : { body: result };
  const status = parts.status ?? (parts.location === undefined ? (endpoint.status ?? 200) : 302);
  const headers: Record<string, string | string[]> = { 'cache-control': 'no-store', ...parts.headers };
  if (parts.cookies) headers['set-cookie'] = [...parts.cookies];
  if (parts.location !== undefined) headers['location'] = parts.location;
  const hasBody = endpoint.response && parts.location === undefined;
  const text = parts.text ?? (hasBody ? JSON.stringify(endpoint.response.parse(parts.body)) : undefined);
  if (text !== undefined)
    headers['content-type'] =
      parts.contentType ?? (parts.text === undefined ? 'application/json; charset=utf-8' : 'text/html; charset=utf-8');
  headers['content-length'] = String(text === undefined ? 0 : Buffer.byteLength(text));
  if (status === 204) delete headers['content-length'];
  response.writeHead(status, headers).end(text);
}

function sendError(
  error: unknown,
  context: { one: AnyRoute; request: Request; response: Response; id: string },
): Record<string, unknown> {
  const { one, request, response, id } = context;
  if (error instanceof SignInNeeded) {
    const target = error.singleSignOn ? '/auth/sso' : '/login';
    send(one, response, new Reply({ location: `${target}?return_to=${encodeURIComponent(request.originalUrl)}` }));
    return { outcome: 'sent to sign in' };
  }
  const plain = toErrorResponse(error, id);
  const answer = one.endpoint.errorsHaveStatus && isForProgram(request.headers) ? forProgram(plain) : plain;
  const forBrowser =
    /page|redirect/.test(one.endpoint.answers ?? '') && (request.get('accept') ?? '').includes('text/html');
  const text = forBrowser ? toErrorPage(answer) : JSON.stringify(answer.body);
  const type = forBrowser ? 'text/html' : 'application/json';
  if (response.headersSent) response.destroy();
  else {
    const headers = {
      ...answer.headers,
      'cache-control': 'no-store',
      'content-type': `${type}; charset=utf-8`,
      'content-length': Buffer.byteLength(text),
    };
    response.writeHead(answer.status, headers).end(text);
  }
  return describeError(error);
}
