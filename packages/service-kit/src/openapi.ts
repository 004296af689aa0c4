import { type Endpoint, type ErrorCode, errorCatalogue } from '@sandgate/contracts';
import { z } from 'zod';

type Json = Readonly<Record<string, unknown>>;

const schemaOf = (schema: z.ZodType, io: 'input' | 'output'): Json => {
  const { $schema: _dialect, ...rest } = z.toJSONSchema(schema, {
    io,
    target: 'draft-2020-12',
    unrepresentable: 'any',
    reused: 'inline',
  });
  return rest;
};

const errorSchema = {
  type: 'object',
  required: ['code', 'message', 'id'],
  properties: {
    code: { type: 'string' },
    message: { type: 'string' },
    id: { type: 'string' },
    details: { type: 'object' },
  },
};

/** The OpenAPI 3.1 document of endpoints, from the same schemas that check their requests and responses. */
export function openApiDocument(endpoints: readonly Endpoint[]): Json {
  const paths: Record<string, Record<string, unknown>> = {};
  for (const endpoint of endpoints)
    paths[endpoint.path] = { ...paths[endpoint.path], [endpoint.method]: operationOf(endpoint) };
  return {
    openapi: '3.1.0',
    info: {
      title: 'Sandgate',
      version: '1',
      description: 'Sign-in gate and row-level sandbox in front of dashboards.',
    },
    paths,
    components: {
      schemas: { Error: errorSchema },
      securitySchemes: {
        cookie: {
          type: 'apiKey',
          in: 'cookie',
          name: 'sandgate.SESSION',
          description: 'sandgate.EMBEDDED_SESSION where SANDGATE_COOKIE_SAMESITE is none',
        },
        header: { type: 'apiKey', in: 'header', name: 'X-Metabase-Session' },
        bearer: { type: 'http', scheme: 'bearer' },
        apiKey: { type: 'apiKey', in: 'header', name: 'X-Api-Key' },
      },
    },
  };
}

function operationOf(endpoint: Endpoint): Json {
  const parameters = [
    ...parametersOf(endpoint.params, 'path'),
    ...parametersOf(endpoint.query, 'query'),
    ...parametersOf(endpoint.headers, 'header'),
  ];
  return {
    summary: endpoint.summary,
    tags: [endpoint.owner],
    'x-access': endpoint.access,
    security: endpoint.access === 'anyone' ? [] : [{ cookie: [] }, { header: [] }, { bearer: [] }, { apiKey: [] }],
    ...(parameters.length > 0 && { parameters }),
    ...(endpoint.body && {
      requestBody: {
        required: !endpoint.body.safeParse(undefined).success,
        content: { 'application/json': { schema: schemaOf(endpoint.body, 'input') } },
      },
    }),
    responses: { ...successOf(endpoint), ...errorsOf(endpoint) },
  };
}

function parametersOf(schema: z.ZodType | undefined, location: 'path' | 'query' | 'header'): Json[] {
  if (!schema) return [];
  const { properties, required } = schemaOf(schema, 'input') as {
    properties?: Record<string, unknown>;
    required?: string[];
  };
  return Object.entries(properties ?? {}).map(([name, property]) => ({
    name,
    in: location,
    required: location === 'path' || (required?.includes(name) ?? false),
    schema: property,
  }));
}

function successOf(endpoint: Endpoint): Json {
  const status = endpoint.answers === 'redirect' ? 302 : (endpoint.status ?? 200);
  const body = endpoint.response
    ? { content: { 'application/json': { schema: schemaOf(endpoint.response, 'output') } } }
    : endpoint.answers === 'text'
      ? { content: { 'text/plain': { schema: { type: 'string' } } } }
      : {};
  const success = { description: endpoint.summary, ...body };
  // A redirect for browsers, and a body for programs.
  if (endpoint.answers === 'redirect' && endpoint.response)
    return { [status]: { description: endpoint.summary }, 200: success };
  return {
    // No content is none, also where a second status has some.
    [status]: status === 204 ? { description: endpoint.summary } : success,
    ...(endpoint.alsoStatus && { [endpoint.alsoStatus]: success }),
  };
}

function errorsOf(endpoint: Endpoint): Json {
  const byStatus: Record<number, string[]> = {};
  for (const code of codesOf(endpoint)) (byStatus[errorCatalogue[code].status] ??= []).push(code);
  return Object.fromEntries(
    Object.entries(byStatus).map(([status, codes]) => [
      status,
      {
        description: codes.join(', '),
        content: { 'application/json': { schema: { $ref: '#/components/schemas/Error' } } },
      },
    ]),
  );
}

/** Codes that an endpoint names, and those that the frame answers for it. */
function codesOf(endpoint: Endpoint): ErrorCode[] {
  const codes: ErrorCode[] = [...(endpoint.errors ?? []), 'internal_error', 'service.database_unavailable'];
  if (endpoint.params || endpoint.query || endpoint.body || endpoint.headers) codes.push('request.invalid');
  if (endpoint.body) codes.push('request.not_json', 'request.too_large');
  if (endpoint.method !== 'get') codes.push('request.cross_origin');
  if (endpoint.access !== 'anyone') codes.push('auth.session_required', 'service.unavailable');
  if (endpoint.access === 'administrator' || endpoint.access === 'operator') codes.push('auth.administrator_required');
  return [...new Set(codes)];
}
