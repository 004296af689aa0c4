import { type Endpoint, type ErrorCode, errorCatalogue } from '@sandgate/contracts';
import { z } from 'zod';

type Json = Readonly<Record<string, unknown>>;

/** Schemas that have a name, because they refer to themselves. */
type NamedSchemas = Record<string, unknown>;

/** Puts what has a name into `named`: within a document `#` is the document, not the schema (OpenAPI 3.1, section 4.6). */
function schemaOf(schema: z.ZodType, io: 'input' | 'output', named: NamedSchemas): Json {
  const made = z.toJSONSchema(schema, { io, target: 'draft-2020-12', unrepresentable: 'any', reused: 'inline' });
  const inDocument = JSON.stringify(made).replaceAll('"#/$defs/', '"#/components/schemas/');
  const { $schema: _dialect, $defs, ...rest } = JSON.parse(inDocument);
  for (const [name, one] of Object.entries($defs ?? {})) {
    const known = JSON.stringify((named[name] ??= one));
    if (name.startsWith('__') || known !== JSON.stringify(one))
      throw new Error(`Two schemas are called ${name}: give them an id each`);
  }
  return rest;
}

const errorSchema = {
  type: 'object',
  required: ['code', 'message', 'id'],
  properties: {
    status: { type: 'string', enum: ['error', 'error-sso-disabled'], description: 'only where a program signs in' },
    code: { type: 'string' },
    message: { type: 'string' },
    id: { type: 'string' },
    details: { type: 'object' },
  },
};

/** The OpenAPI 3.1 document of endpoints, from the same schemas that check their requests and responses. */
export function openApiDocument(endpoints: readonly Endpoint[]): Json {
  const paths: Record<string, Record<string, unknown>> = {};
  const named: NamedSchemas = {};
  for (const endpoint of endpoints)
    paths[endpoint.path] = { ...paths[endpoint.path], [endpoint.method]: operationOf(endpoint, named) };
  return {
    openapi: '3.1.0',
    info: {
      title: 'Sandgate',
      version: '1',
      description: 'Sign-in gate and row-level sandbox in front of dashboards.',
    },
    paths,
    components: {
      schemas: { ...named, Error: errorSchema },
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

function operationOf(endpoint: Endpoint, named: NamedSchemas): Json {
  const parameters = [
    ...parametersOf(endpoint.params, 'path', named),
    ...parametersOf(endpoint.query, 'query', named),
    ...parametersOf(endpoint.headers, 'header', named),
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
        content: { 'application/json': { schema: schemaOf(endpoint.body, 'input', named) } },
      },
    }),
    responses: { ...successOf(endpoint, named), ...errorsOf(endpoint) },
  };
}

function parametersOf(
  schema: z.ZodType | undefined,
  location: 'path' | 'query' | 'header',
  named: NamedSchemas,
): Json[] {
  if (!schema) return [];
  const { properties, required } = schemaOf(schema, 'input', named) as {
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

function successOf(endpoint: Endpoint, named: NamedSchemas): Json {
  const status = endpoint.answers === 'redirect' ? 302 : (endpoint.status ?? 200);
  const body = endpoint.response
    ? { content: { 'application/json': { schema: schemaOf(endpoint.response, 'output', named) } } }
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
  if (endpoint.params || endpoint.query || endpoint.headers) codes.push('request.invalid');
  if (endpoint.body) codes.push('request.not_json', 'request.too_large');
  // A change that cannot be asked first refuses `dryRun`.
  if (endpoint.method !== 'get') codes.push('request.cross_origin', 'request.invalid');
  if (endpoint.access !== 'anyone') codes.push('auth.session_required', 'service.unavailable');
  if (endpoint.access === 'administrator' || endpoint.access === 'operator') codes.push('auth.administrator_required');
  return [...new Set(codes)];
}
