import { type Endpoint, Failure } from '@sandgate/contracts';
import type { Request } from 'express';
import { z } from 'zod';

export interface ParsedRequest {
  readonly params: unknown;
  readonly query: unknown;
  readonly body: unknown;
  readonly headers: unknown;
}

/** Parses path, query, body and headers by the endpoint's schemas. Throws `request.invalid` with every fault of all of them. */
export function parseRequest(endpoint: Endpoint, request: Request): ParsedRequest {
  const query = queryOf(request.url);
  refuseToAskFirst(endpoint, query);
  if (endpoint.answers === 'page') return { params: request.params, query, body: undefined, headers: undefined };
  const faults: string[] = [];
  const parse = (schema: z.ZodType | undefined, part: string, input: unknown): unknown => {
    if (!schema) return undefined;
    const parsed = schema.safeParse(input);
    if (parsed.success) return parsed.data;
    faults.push(...parsed.error.issues.map((issue) => `${[part, ...issue.path].join('.')}: ${issue.message}`));
    return undefined;
  };
  const parsed = {
    params: parse(endpoint.params, 'path', request.params),
    query: parse(endpoint.query, 'query', query),
    body: parse(endpoint.body, 'body', bodyOf(endpoint, request)),
    headers: parse(endpoint.headers, 'header', request.headers),
  };
  if (faults.length > 0) throw new Failure('request.invalid', { details: { faults } });
  return parsed;
}

/** An endpoint without it takes any query, and would make the change that somebody only asks about. */
function refuseToAskFirst(endpoint: Endpoint, query: Readonly<Record<string, unknown>>): void {
  if (endpoint.method === 'get' || (endpoint.query instanceof z.ZodObject && 'dryRun' in endpoint.query.shape)) return;
  const asked = Object.keys(query).find((name) => /^dry[-_]?run$/i.test(name));
  if (asked === undefined) return;
  throw new Failure('request.invalid', { details: { faults: [`query.${asked}: this cannot be asked first`] } });
}

function bodyOf(endpoint: Endpoint, request: Request): unknown {
  if (endpoint.body && isEmpty(request) && endpoint.body.safeParse(undefined).success) return undefined;
  if (endpoint.body && !request.is('application/json')) throw new Failure('request.not_json');
  if (isNestedDeeperThan(maxDepth, request.body))
    throw new Failure('request.invalid', { details: { faults: [`body: is nested deeper than ${maxDepth}`] } });
  return request.body;
}

/** A client may announce a body of no length (RFC 9110 section 8.6). */
const isEmpty = ({ headers }: Request): boolean =>
  headers['transfer-encoding'] === undefined && Number(headers['content-length'] ?? 0) === 0;

/** Far deeper than any rule or filter; schemas that refer to themselves take long over a body that is nested without end, or run out of stack. */
const maxDepth = 100;

function isNestedDeeperThan(depth: number, body: unknown): boolean {
  let level: unknown[] = [body];
  for (let at = 0; level.length > 0; at += 1) {
    if (at > depth) return true;
    level = level.flatMap((value) => (typeof value === 'object' && value !== null ? Object.values(value) : []));
  }
  return false;
}

/** A parameter that occurs twice becomes a list, which no schema takes for a string: which of two would win is nothing to guess. */
function queryOf(url: string): Record<string, string | string[]> {
  const at = url.indexOf('?');
  const query: Record<string, string | string[]> = Object.create(null);
  if (at < 0) return query;
  for (const [name, value] of new URLSearchParams(url.slice(at))) {
    const earlier = query[name];
    query[name] = earlier === undefined ? value : [earlier, value].flat();
  }
  return query;
}
