import fc from 'fast-check';
import { anything, naughtyText, nearly, type Pool, type Schema, valid } from './arbitrary-json.js';

/** One operation of `GET /api/openapi.json`. */
export interface Operation {
  readonly method: string;
  readonly path: string;
  readonly access: string;
  readonly parameters: readonly Parameter[];
  readonly body: { readonly schema: Schema; readonly required: boolean } | undefined;
  readonly responses: Readonly<Record<string, Documented>>;
  readonly document: OpenApi;
}

interface Parameter {
  readonly name: string;
  readonly in: 'path' | 'query' | 'header';
  readonly required: boolean;
  readonly schema: Schema;
}

interface Documented {
  readonly description: string;
  readonly content?: Readonly<Record<string, { readonly schema: Schema }>>;
}

export interface OpenApi extends Schema {
  readonly paths: Readonly<Record<string, Readonly<Record<string, Schema>>>>;
}

export interface ArbitraryRequest {
  readonly method: string;
  /** With its query. */
  readonly path: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string | undefined;
}

export const operationsOf = (document: OpenApi): Operation[] =>
  Object.entries(document.paths).flatMap(([path, methods]) =>
    Object.entries(methods).map(([method, operation]) => {
      const {
        parameters = [],
        requestBody,
        responses,
      } = operation as {
        parameters?: Parameter[];
        requestBody?: { required: boolean; content: Record<string, { schema: Schema }> };
        responses: Operation['responses'];
      };
      const schema = requestBody?.content['application/json']?.schema;
      const body = requestBody && schema ? { schema, required: requestBody.required } : undefined;
      return {
        method: method.toUpperCase(),
        path,
        access: String(operation['x-access']),
        parameters,
        body,
        responses,
        document,
      };
    }),
  );

/** Mostly what the document allows, then what is nearly that, then whatever fits into a request. */
const sometimesWrong = <T>(right: fc.Arbitrary<T>, wrong: (right: T) => fc.Arbitrary<unknown>): fc.Arbitrary<unknown> =>
  fc.oneof(
    { weight: 5, arbitrary: right },
    { weight: 2, arbitrary: right.chain(wrong) },
    { weight: 1, arbitrary: anything },
  );

const textOf = (value: unknown): string => (typeof value === 'string' ? value : (JSON.stringify(value) ?? ''));

/** Requests to an operation, with values of `pool` wherever there are some. `always` names query parameters that stand in each. */
export function arbitraryRequest(
  { method, path, parameters, body, document }: Operation,
  pool: Pool,
  always: Readonly<Record<string, string>> = {},
): fc.Arbitrary<ArbitraryRequest> {
  const anyValueOf = ({ name, schema }: Parameter): fc.Arbitrary<string> =>
    sometimesWrong(valid(schema, { pool, root: document, name: nameInPool(name, schema) }), () => naughtyText).map(
      textOf,
    );
  const within = (place: Parameter['in']): Parameter[] => parameters.filter((one) => one.in === place);
  const inPath = fc.record(Object.fromEntries(within('path').map((one) => [one.name, anyValueOf(one)])));
  const inQuery = fc.record(
    Object.fromEntries(
      within('query').map((one) => [
        one.name,
        fc.option(anyValueOf(one), { nil: undefined, freq: one.required ? 10 : 2 }),
      ]),
    ),
  );
  const inHeader = fc.record(
    Object.fromEntries(
      within('header')
        .filter(({ name }) => !framing.has(name))
        .map((one) => [one.name, fc.option(anyValueOf(one), { nil: undefined })]),
    ),
  );
  const odd = fc.oneof(
    { weight: 12, arbitrary: fc.constant('') },
    {
      weight: 1,
      arbitrary: fc.tuple(naughtyText, naughtyText).map(([name, value]) => `${encode(name)}=${encode(value)}`),
    },
    // Every parameter again.
    { weight: 1, arbitrary: fc.constant('twice') },
  );
  return fc
    .record({
      inPath,
      inQuery,
      inHeader,
      odd,
      content: body
        ? contentOf(body.schema, { pool, root: document, name: '' }, body.required)
        : fc.constant({ text: undefined, type: undefined }),
    })
    .map(({ content, ...made }) => {
      const query = Object.entries({ ...made.inQuery, ...always }).flatMap(([name, value]) =>
        value === undefined ? [] : [`${encode(name)}=${encode(String(value))}`],
      );
      const more =
        made.odd === 'twice' && Object.keys(always).length === 0
          ? query
          : [made.odd].filter((text) => text.includes('='));
      const search = [...query, ...more].join('&');
      const filled = path.replaceAll(/\{(\w+)\}/g, (_whole, name) =>
        encode(String((made.inPath as Record<string, string>)[name]) || '-'),
      );
      const headers = Object.entries(made.inHeader).flatMap(([name, value]) =>
        value === undefined
          ? []
          : [
              [
                name,
                String(value)
                  .replaceAll(/[^\x20-\x7e]/g, '')
                  .trim()
                  .slice(0, 2000),
              ] as const,
            ],
      );
      return {
        method,
        path: search === '' ? filled : `${filled}?${search}`,
        headers: {
          ...Object.fromEntries(headers),
          ...(content.type !== undefined && { 'content-type': content.type }),
        },
        body: content.text,
      };
    });
}

/** Those say how long the body is; what is wrong there the server answers before any route. */
const framing = new Set(['content-length', 'transfer-encoding']);

/** `.` and `..` are no segments of a path. */
const encode = (text: string): string =>
  encodeURIComponent(Buffer.from(text).toString())
    .replace(/^\.{1,2}$/, '-')
    .slice(0, 6000);

/** Numbers and UUIDs go by `id` alike. */
const nameInPool = (name: string, { type, format }: Schema): string =>
  name === 'id' ? (type === 'integer' ? 'number' : format === 'uuid' ? 'uuid' : 'id') : name;

const contentOf = (schema: Schema, context: Parameters<typeof valid>[1], required: boolean) => {
  const value = sometimesWrong(valid(schema, context), nearly);
  const whole = value.map((one) => ({
    text: JSON.stringify(one) as string | undefined,
    type: 'application/json' as string | undefined,
  }));
  return fc.oneof(
    { weight: 20, arbitrary: whole },
    {
      weight: 1,
      arbitrary: fc.constantFrom(
        { text: '{', type: 'application/json' },
        { text: '{"a":1}', type: 'text/plain' },
        { text: 'a=1', type: 'application/x-www-form-urlencoded' },
        { text: `{"a":${'['.repeat(3000)}${']'.repeat(3000)}}`, type: 'application/json' },
        { text: `"${'x'.repeat(300_000)}"`, type: 'application/json' },
        { text: '{"__proto__":{"a":1},"constructor":{}}', type: 'application/json' },
      ),
    },
    { weight: required ? 1 : 5, arbitrary: fc.constant({ text: undefined, type: undefined }) },
  );
};
