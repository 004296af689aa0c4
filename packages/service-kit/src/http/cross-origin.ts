import type { IncomingMessage, ServerResponse } from 'node:http';

/** What a program asks for; pages, assets and what services ask each other are for this site alone. In any spelling that Express takes. */
const isForPrograms = (url = ''): boolean => /^\/(?:api|auth)\//i.test(url);

/**
 * Lets a page of a configured origin read the answer, be it an error: its program could not tell what went wrong otherwise (Fetch standard,
 * section 3.3). Exactly that origin, and never with credentials: what signs such a request is a header, which no browser attaches by itself.
 */
export function allowReading(request: IncomingMessage, response: ServerResponse, origins: readonly string[]): void {
  if (!isForPrograms(request.url)) return;
  response.setHeader('vary', 'Origin');
  const { origin } = request.headers;
  if (origin === undefined || !origins.includes(origin)) return;
  response.setHeader('access-control-allow-origin', origin);
  response.setHeader('access-control-expose-headers', 'Content-Disposition, Retry-After');
}

/** Answers what a browser asks before it lets a page of a configured origin send a request. False when this is something else. */
export function answerPreflight(
  request: IncomingMessage,
  response: ServerResponse,
  methods: readonly string[],
): boolean {
  const isAllowed = response.hasHeader('access-control-allow-origin');
  if (request.method !== 'OPTIONS' || !isAllowed || !request.headers['access-control-request-method']) return false;
  response
    .writeHead(204, {
      'access-control-allow-methods': methods.join(', '),
      // Any header; the star does not cover this one.
      'access-control-allow-headers': '*, Authorization',
      'access-control-max-age': '60',
    })
    .end();
  return true;
}
