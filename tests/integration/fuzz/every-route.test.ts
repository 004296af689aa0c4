import { afterAll, beforeAll, describe, expect, jest, test } from '@jest/globals';
import { type ErrorCode, errorCatalogue } from '@sandgate/contracts';
import { Ajv2020, type ValidateFunction } from 'ajv/dist/2020.js';
import fc from 'fast-check';
import { type Answered, sendRequest } from '../../support/send-request.js';
import { type RunningSandgate, startSandgate } from '../dry-run/running-sandgate.js';
import {
  type ArbitraryRequest,
  arbitraryRequest,
  type OpenApi,
  type Operation,
  operationsOf,
} from './arbitrary-requests.js';
import { type Asker, prepare, type Scene, schema } from './people.js';

/** Of each asker to each operation. */
const requestsEach = 50;

jest.setTimeout(180_000);

let sandgate: RunningSandgate;
let scene: Scene;
let operations: readonly Operation[];
let ajv: Ajv2020;

beforeAll(async () => {
  sandgate = await startSandgate(schema);
  scene = await prepare(sandgate);
  const document = (await (await fetch(`${sandgate.origin}/api/openapi.json`)).json()) as OpenApi;
  // Reads first, while there is everything to see.
  operations = operationsOf(document).sort((a, b) => Number(b.method === 'GET') - Number(a.method === 'GET'));
  ajv = new Ajv2020({ strict: false, validateFormats: false, allErrors: true });
  ajv.addSchema(document, 'openapi');
});
afterAll(() => sandgate?.stop());

const send = ({ method, path, headers, body }: ArbitraryRequest, session: string | undefined): Promise<Answered> =>
  sendRequest(sandgate.origin + path, {
    method,
    headers: { ...headers, ...(session !== undefined && { 'x-metabase-session': session }) },
    body,
  });

const validators = new Map<string, ValidateFunction>();
function validatorOf({ method, path }: Operation, status: number): ValidateFunction {
  const place = ['paths', path, method.toLowerCase(), 'responses', status, 'content', 'application/json', 'schema'];
  const pointer = place
    .map((part) => encodeURIComponent(String(part).replaceAll('~', '~0').replaceAll('/', '~1')))
    .join('/');
  const known = validators.get(pointer) ?? ajv.compile({ $ref: `openapi#/${pointer}` });
  validators.set(pointer, known);
  return known;
}

/** What is wrong with an answer, as sentences; nothing where it is as documented. */
function faultsOf(operation: Operation, asker: Asker, { status, headers, text }: Answered): string[] {
  const documented = operation.responses[status];
  if (!documented) return ['its status is not documented'];
  if (status >= 500 && (status !== 503 || !headers.has('retry-after'))) return ['the fault is the server’s'];
  const faults = accessFaults(operation, asker, { status, text });
  const schemaOfStatus = documented.content?.['application/json'];
  if (schemaOfStatus && text !== '') {
    const isValid = validatorOf(operation, status);
    const body: unknown = JSON.parse(text);
    if (!isValid(body)) faults.push(`the body is not what its schema says: ${ajv.errorsText(isValid.errors)}`);
    if (status >= 400 && !documented.description.split(', ').includes((body as { code: string }).code))
      faults.push('its code is not documented');
    if (status >= 400 && errorCatalogue[(body as { code: ErrorCode }).code]?.status !== status)
      faults.push('its code has another status');
  } else if (!documented.content && text !== '') faults.push('there is a body that is not documented');
  return faults;
}

/** Of what an access rule says before anything else of a request is looked at. */
function accessFaults(
  { access }: Operation,
  { name, session }: Asker,
  { status, text }: Pick<Answered, 'status' | 'text'>,
): string[] {
  const code = status >= 400 ? (JSON.parse(text).code as string) : undefined;
  const isFor = {
    anyone: true,
    person: name !== 'nobody',
    administrator: name === 'administrator',
    operator: name === 'administrator',
  }[access];
  if (isFor === undefined) return ['it has no access rule'];
  if (isFor) return session !== undefined && code === 'auth.session_required' ? ['its session was not taken'] : [];
  const expected = name === 'nobody' ? 'auth.session_required' : 'auth.administrator_required';
  return code === expected ? [] : [`it is not refused with ${expected}`];
}

/** Requests after which the session may be over: whoever signs in as somebody else, has left the session of before. */
const endsSessions = ({ method, path }: Operation): boolean =>
  path.startsWith('/auth/') || (method !== 'GET' && /^\/api\/sessions?(\/|$)|password(?!-sign-in)/.test(path));

/** Rows that are in one of the dumps only. */
function differences(before: Dump, after: Dump): string[] {
  const only = (these: Dump, those: Dump, what: string): string[] =>
    [...these].flatMap(([table, lines]) => {
      const others = new Set(those.get(table));
      return lines.filter((line) => !others.has(line)).map((line) => `${what} ${table}: ${line}`);
    });
  return [...only(before, after, 'gone from'), ...only(after, before, 'new in')];
}
type Dump = Awaited<ReturnType<RunningSandgate['dump']>>;

interface Round {
  readonly asker: Asker;
  /** Whose marks must not stand in the answers. */
  readonly strangers?: readonly Asker[];
  readonly which?: (operation: Operation) => boolean;
  readonly always?: Readonly<Record<string, string>>;
  readonly afterwards?: (operation: Operation) => Promise<unknown>;
}

/** Lets somebody ask everything, and answers how often which status came. Throws the first request of each operation that was not answered right, with its seed. */
async function askEverything({
  asker,
  strangers = [],
  which = () => true,
  always,
  afterwards,
}: Round): Promise<Record<number, number>> {
  const counts: Record<number, number> = {};
  const wrong: string[] = [];
  const foreign = strangers.flatMap(({ marks }) => marks);
  for (const operation of operations.filter(which)) {
    const once = async (request: ArbitraryRequest): Promise<void> => {
      const answered = await send(request, asker.session);
      counts[answered.status] = (counts[answered.status] ?? 0) + 1;
      const everything = `${answered.text}\n${[...answered.headers].join('\n')}`;
      const faults = [
        ...faultsOf(operation, asker, answered),
        ...foreign.filter((mark) => everything.includes(mark)).map((mark) => `it shows ${mark}`),
      ];
      if (faults.length > 0) {
        const body = request.body?.slice(0, 1000);
        const what = `${asker.name}: ${request.method} ${request.path.slice(0, 1000)} ${body ?? ''}`;
        throw new Error(`${what}\n${answered.status} ${answered.text.slice(0, 1000)}\n${faults.join('\n')}`);
      }
      if (asker.session !== undefined && endsSessions(operation) && answered.status < 400)
        asker.session = await asker.renew();
      await afterwards?.(operation);
    };
    const property = fc.asyncProperty(arbitraryRequest(operation, scene.pool, always), once);
    const checked = await fc.check(property, { numRuns: requestsEach, endOnFailure: true });
    if (checked.failed)
      wrong.push(
        `Seed ${checked.seed}, path ${checked.counterexamplePath}: ${(checked.errorInstance as Error).message}`,
      );
  }
  if (wrong.length > 0) throw new Error(wrong.join('\n\n'));
  return counts;
}

/** Reads, but those that sign in. */
const reads = ({ method, path }: Operation): boolean => method === 'GET' && !path.startsWith('/auth/');
const previews = ({ parameters, path }: Operation): boolean =>
  path.endsWith('/dry-run') || parameters.some(({ name }) => name === 'dryRun');

describe('every route', () => {
  test('has an access rule', () => {
    expect(operations.length).toBeGreaterThan(50);
    expect(
      operations.filter(({ access }) => !['anyone', 'person', 'administrator', 'operator'].includes(access)),
    ).toEqual([]);
  });

  test('A-71: tells nobody without a session anything of anybody', async () => {
    const { nobody, person, other, administrator } = scene;

    const counts = await askEverything({ asker: nobody, strangers: [person, other, administrator] });

    expect(counts[401]).toBeGreaterThan(40 * requestsEach);
  });

  test('A-71: shows a person nothing of another one or of the administrators', async () => {
    const { person, other, administrator } = scene;

    const ofPerson = await askEverything({ asker: person, strangers: [other, administrator] });
    const untouched = await sandgate.request('GET', '/api/user/current', undefined, scene.untouched);
    expect(untouched.status).toBe(200);
    const ofOther = await askEverything({ asker: other, strangers: [person, administrator] });

    for (const counts of [ofPerson, ofOther]) {
      expect(counts[200]).toBeGreaterThan(requestsEach);
      expect(counts[403]).toBeGreaterThan(30 * requestsEach);
    }
  });

  test('that reads, and every dry run, changes no row of any service', async () => {
    const { nobody, person, administrator } = scene;
    await sandgate.settled();
    const before = await sandgate.dump();

    for (const asker of [nobody, person, administrator]) await askEverything({ asker, which: reads });
    const counts = await askEverything({
      asker: administrator,
      which: (one) => previews(one) && !one.path.endsWith('/dry-run'),
      always: { dryRun: 'true' },
    });
    await askEverything({ asker: administrator, which: (one) => one.path.endsWith('/dry-run') });

    expect(counts[200]).toBeGreaterThan(0);
    await sandgate.settled();
    expect(differences(before, await sandgate.dump())).toEqual([]);
  });

  test('that changes something answers an administrator as it is documented, whatever is asked', async () => {
    const { administrator, pool } = scene;
    // The last administrator stays one: others may become one too, and take this one's rights.
    const without = (name: string): readonly unknown[] =>
      pool[name]?.filter((value) => value !== administrator.accountId) ?? [];
    scene = { ...scene, pool: { ...pool, uuid: without('uuid'), accountId: without('accountId') } };

    const counts = await askEverything({
      asker: administrator,
      which: (one) => !reads(one),
      afterwards: async ({ path }) => {
        if (path === '/api/password-sign-in')
          await sandgate.request('PUT', path, { enabled: true }, administrator.session);
      },
    });

    expect((counts[200] ?? 0) + (counts[201] ?? 0) + (counts[204] ?? 0)).toBeGreaterThan(requestsEach);
  });
});
