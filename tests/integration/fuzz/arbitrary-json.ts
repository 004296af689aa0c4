import fc from 'fast-check';
import { anyCharacter } from '../../support/any-character.js';

export type Schema = Readonly<Record<string, unknown>>;
/** Values that exist, by the name of the member or parameter that takes them. */
export type Pool = Readonly<Record<string, readonly unknown[]>>;

interface Context {
  readonly pool: Pool;
  /** Of the members in which the value stands, the innermost last. */
  readonly name: string;
  /** The document that references are about. */
  readonly root: Schema;
  /** How much deeper schemas that refer to themselves may go. */
  readonly depth: number;
}

/** Text that has broken something somewhere. */
const naughty = [
  '',
  ' ',
  '0',
  '-1',
  'null',
  'undefined',
  '__proto__',
  'constructor',
  '\u0000',
  '\ud800',
  '\ufeff',
  '\u202e',
  'ａ',
  "' or 1=1 --",
  '"; drop table account; --',
  '%00',
  '../../etc/passwd',
  '<script>alert(1)</script>',
  '${7*7}',
  '{{7*7}}',
  '\r\nset-cookie: x=y',
  '$1',
  '*',
  '%',
  '_',
  'NaN',
  '1e400',
  'x'.repeat(5000),
];
/** What PostgreSQL cannot hold. */
const unstorable = fc.constantFrom('\u0000', 'a\u0000b', '\ud800');
export const naughtyText = fc.oneof(
  unstorable,
  fc.constantFrom(...naughty),
  fc.string({ unit: anyCharacter, maxLength: 30 }),
);

export const anything: fc.Arbitrary<unknown> = fc.oneof(
  naughtyText,
  fc.constantFrom<unknown>(null, true, false, 0, -1, 0.5, 2 ** 31, 2 ** 53, 1e300, [], {}, [[]], [null], { a: {} }),
  fc.jsonValue({ maxDepth: 3 }),
);

/** Any value that the JSON schema allows, as far as its words say; values that exist wherever there are some of that name. */
export function valid(schema: Schema, context: Omit<Context, 'depth'>): fc.Arbitrary<unknown> {
  return ofSchema(schema, { ...context, depth: 3 });
}

function ofSchema(schema: Schema, context: Context): fc.Arbitrary<unknown> {
  const known = context.pool[context.name];
  const any = ofWords(schema, context);
  return known ? fc.oneof({ weight: 4, arbitrary: fc.constantFrom(...known) }, { weight: 1, arbitrary: any }) : any;
}

function ofWords(schema: Schema, context: Context): fc.Arbitrary<unknown> {
  const {
    $ref,
    enum: values,
    anyOf,
    oneOf,
    type,
  } = schema as {
    $ref?: string;
    enum?: unknown[];
    anyOf?: Schema[];
    oneOf?: Schema[];
    type?: string;
  };
  if ($ref) return ofSchema(resolve($ref, context.root), { ...context, depth: context.depth - 1 });
  if ('const' in schema) return fc.constant(schema['const']);
  if (values) return fc.constantFrom(...values);
  const some = anyOf ?? oneOf;
  if (some) return fc.oneof(...shallow(some, context).map((one) => ofSchema(one, context)));
  if ('not' in schema) return fc.constant(undefined);
  if (type === 'object') return ofObject(schema, context);
  if (type === 'array') return ofArray(schema, context);
  if (type === 'string') return ofString(schema);
  if (type === 'integer' || type === 'number') return ofNumber(schema);
  if (type === 'boolean') return fc.boolean();
  if (type === 'null') return fc.constant(null);
  return anything;
}

/** What ends: the alternatives that do not refer to anything, once it is deep. */
function shallow(alternatives: readonly Schema[], { depth }: Context): readonly Schema[] {
  const flat = alternatives.filter((one) => !JSON.stringify(one).includes('"$ref"'));
  return depth > 0 || flat.length === 0 ? alternatives : flat;
}

/** `#/a/b` within the document that holds it. */
function resolve(reference: string, root: Schema): Schema {
  const found = reference
    .slice(2)
    .split('/')
    .reduce<unknown>((at, part) => (at as Schema | undefined)?.[part], root);
  if (found === undefined) throw new Error(`${reference} leads nowhere`);
  return found as Schema;
}

function ofObject(schema: Schema, context: Context): fc.Arbitrary<unknown> {
  const {
    properties = {},
    required = [],
    additionalProperties,
  } = schema as {
    properties?: Record<string, Schema>;
    required?: string[];
    additionalProperties?: Schema | boolean;
  };
  const members = Object.entries(properties).map(([name, one]) => {
    const value = ofSchema(one, { ...context, name });
    return [name, required.includes(name) ? value : fc.option(value, { nil: undefined })] as const;
  });
  const named = fc.record(Object.fromEntries(members));
  if (typeof additionalProperties !== 'object') return named;
  const names = fc.oneof(
    fc.constantFrom(...((context.pool['names'] ?? ['a']) as string[])),
    fc.string({ minLength: 1, maxLength: 12 }),
  );
  const more = fc.dictionary(names, ofSchema(additionalProperties, { ...context, name: '' }), { maxKeys: 4 });
  return fc.tuple(named, more).map(([first, second]) => ({ ...second, ...first }));
}

function ofArray(schema: Schema, context: Context): fc.Arbitrary<unknown> {
  const {
    items = {},
    minItems: minLength = 0,
    maxItems = 4,
  } = schema as {
    items?: Schema;
    minItems?: number;
    maxItems?: number;
  };
  return fc.array(ofSchema(items, context), { minLength, maxLength: Math.max(minLength, Math.min(maxItems, 4)) });
}

function ofString(schema: Schema): fc.Arbitrary<unknown> {
  const {
    format,
    pattern,
    minLength = 0,
    maxLength = 40,
  } = schema as {
    format?: string;
    pattern?: string;
    minLength?: number;
    maxLength?: number;
  };
  if (format === 'uuid') return fc.uuid();
  if (format === 'date-time')
    return fc
      .date({ min: new Date('1970-01-01'), max: new Date('2100-01-01'), noInvalidDate: true })
      .map((date) => date.toISOString());
  // Nothing listens there.
  if (format === 'uri')
    return fc.constantFrom('http://127.0.0.1:1/', 'http://localhost:1/keys', 'https://localhost:1/a?b=c');
  if (pattern) return fc.stringMatching(new RegExp(pattern)).map((text) => text.slice(0, maxLength));
  const length = { minLength, maxLength: Math.max(minLength, Math.min(maxLength, 40)) };
  return fc.oneof(
    { weight: 6, arbitrary: fc.string(length) },
    { weight: 6, arbitrary: fc.string({ unit: 'grapheme', ...length }) },
    { weight: 1, arbitrary: unstorable },
  );
}

function ofNumber(schema: Schema): fc.Arbitrary<unknown> {
  const { type, minimum, exclusiveMinimum, maximum } = schema as Record<string, number | undefined> & { type: string };
  const min = Math.max(
    minimum ?? (exclusiveMinimum === undefined ? -(2 ** 31) : exclusiveMinimum + 1),
    Number.MIN_SAFE_INTEGER,
  );
  const max = Math.min(maximum ?? 2 ** 31, Number.MAX_SAFE_INTEGER);
  const integer = fc.oneof(
    fc.integer({ min, max: Math.min(max, min + 20) }),
    fc.integer({ min, max }),
    fc.constant(max),
  );
  return type === 'integer' ? integer : fc.oneof(integer, fc.double({ min, max, noNaN: true }));
}

/** A value like it, with one thing wrong somewhere in it. */
export const nearly = (value: unknown): fc.Arbitrary<unknown> =>
  fc
    .record({ where: fc.nat({ max: 1000 }), instead: anything, how: fc.constantFrom('replace', 'drop', 'add', 'wrap') })
    .map((change) => {
      const places = placesIn(value);
      return changedAt(value, places[change.where % places.length] ?? [], change);
    });

type Path = readonly (string | number)[];

const placesIn = (value: unknown, path: Path = []): Path[] => [
  path,
  ...(typeof value === 'object' && value !== null
    ? Object.entries(value).flatMap(([name, inner]) =>
        placesIn(inner, [...path, Array.isArray(value) ? Number(name) : name]),
      )
    : []),
];

function changedAt(value: unknown, [first, ...rest]: Path, change: { how: string; instead: unknown }): unknown {
  if (first === undefined) {
    if (change.how === 'wrap') return [value];
    if (change.how === 'add' && typeof value === 'object' && value !== null && !Array.isArray(value))
      return { ...value, surplus: change.instead };
    return change.how === 'drop' ? undefined : change.instead;
  }
  if (Array.isArray(value))
    return value
      .map((one, at) => (at === first ? changedAt(one, rest, change) : one))
      .filter((one) => one !== undefined);
  const before = value as Record<string, unknown>;
  return { ...before, [first]: changedAt(before[first], rest, change) };
}
