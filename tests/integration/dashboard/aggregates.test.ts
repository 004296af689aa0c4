import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { AggregateFunction } from '@sandgate/contracts';
import fc from 'fast-check';
import { freshDatabase, type MigratedDatabase } from '../../support/postgres.js';
import { createSource, type TestSource } from './support/data-source.js';
import { type RunningDashboard, sandboxedBy, startDashboard } from './support/start-dashboard.js';

type Cell = string | number | boolean | null;
interface Fact {
  readonly id: number;
  readonly owner: number | null;
  readonly whole: number | null;
  readonly exact: string | null;
  readonly rough: number | null;
  readonly word: string | null;
  readonly flag: boolean | null;
  readonly day: string | null;
}

const comparable = ['whole', 'exact', 'rough', 'word', 'flag', 'day'] as const;
const owners = [1, 2, 3];
let database: MigratedDatabase;
let source: TestSource;
let dashboard: RunningDashboard;
let facts: Fact[];

/** A few values each, so that groups have several rows; eighths and halves add up without rounding, in floating point too. */
function makeFacts(): Fact[] {
  const orNull = <T>(arbitrary: fc.Arbitrary<T>) => fc.option(arbitrary, { nil: null, freq: 5 });
  const fact = fc.record({
    owner: orNull(fc.constantFrom(...owners)),
    whole: orNull(fc.integer({ min: -4, max: 4 })),
    exact: orNull(fc.integer({ min: -40, max: 40 }).map((n) => (n / 8).toFixed(3))),
    rough: orNull(fc.integer({ min: -8, max: 8 }).map((n) => n / 2)),
    word: orNull(fc.constantFrom('', 'a', 'A', 'ä', 'aa', "it's", '😀')),
    flag: orNull(fc.boolean()),
    day: orNull(fc.constantFrom('2026-01-01', '2026-02-28', '1999-12-31')),
  });
  return (fc.sample(fact, { numRuns: 300, seed: 7 }) as Omit<Fact, 'id'>[]).map((one, index) => ({
    id: index + 1,
    ...one,
  }));
}

beforeAll(async () => {
  facts = makeFacts();
  const rows = JSON.stringify(facts).replaceAll("'", "''");
  [database, source] = await Promise.all([
    freshDatabase(),
    createSource(`
      create table facts (
        id integer primary key, owner integer, whole bigint, exact numeric(8, 3), rough float8, word text collate "C", flag boolean, day date);
      insert into facts select * from json_populate_recordset(null::facts, '${rows}')`),
  ]);
  dashboard = await startDashboard({
    database,
    sources: [source.setting],
    standIn: { decide: () => sandboxedBy('owner', [1, 2]) },
  });
});

afterAll(async () => {
  await dashboard.stop();
  await Promise.all([database.drop(), source.drop()]);
});

const inOrder = (one: Cell, other: Cell): number =>
  typeof one === 'string' && !isNumber(one)
    ? Buffer.compare(Buffer.from(one), Buffer.from(String(other)))
    : Number(one) - Number(other);

const isNumber = (text: string): boolean => text !== '' && Number.isFinite(Number(text));

/** What an aggregate is by definition, over the values of one group. */
function aggregate(name: string, values: readonly Cell[]): unknown {
  const present = values.filter((value) => value !== null);
  const sorted = [...present].sort(inOrder);
  const sum = present.reduce((total: number, value) => total + Number(value), 0);
  if (name === 'count') return present.length;
  if (name === 'count distinct') return new Set(present).size;
  if (present.length === 0) return null;
  if (name === 'sum') return sum;
  if (name === 'avg') return sum / present.length;
  return name === 'min' ? sorted[0] : sorted.at(-1);
}

const allowed: Record<string, readonly string[]> = {
  count: comparable,
  'count distinct': comparable,
  sum: ['whole', 'exact', 'rough'],
  avg: ['whole', 'exact', 'rough'],
  min: ['whole', 'exact', 'rough', 'word', 'day'],
  max: ['whole', 'exact', 'rough', 'word', 'day'],
};
const cases = AggregateFunction.options.flatMap((name) =>
  (allowed[name] ?? []).map((column) => [name, column] as const),
);

/** Numbers are compared as numbers: PostgreSQL prints `2.500` where JavaScript has 2.5. */
const plain = (value: unknown): unknown => (typeof value === 'string' && isNumber(value) ? Number(value) : value);

const keyOf = (value: unknown): string => JSON.stringify(value);

test.each(cases)(
  '%s of %s is what it is by definition, over the visible rows, in every group',
  async (name, column) => {
    const visible = facts.filter(({ owner }) => owner === 1 || owner === 2);

    for (const group of ['owner', 'word', 'flag', 'day', undefined] as const) {
      const wanted = { function: name, column, as: 'result' };
      const { status, body } = await dashboard.post(
        '/api/query',
        { tableId: await dashboard.idOf('facts'), aggregations: [wanted], ...(group && { groupBy: [group] }) },
        '1.1',
      );
      const groups = new Map<string, Cell[]>();
      for (const fact of visible) {
        const key = keyOf(group ? [fact[group]] : []);
        groups.set(key, [...(groups.get(key) ?? []), fact[column as keyof Fact]]);
      }

      expect(status).toBe(200);
      const answered = body.rows.map((row: unknown[]) => [keyOf(row.slice(0, -1)), plain(row.at(-1))]);
      const expected = [...groups].map(([key, values]) => [key, plain(aggregate(name, values))]);
      const close = (list: unknown[][]) =>
        new Map(list.map(([key, value]) => [key, typeof value === 'number' ? value.toFixed(9) : value]));
      expect(close(answered)).toEqual(close(expected));
    }
  },
);

test.each(['sum', 'avg', 'min', 'max'] as const)('%s takes no column that it has no meaning for', async (name) => {
  const tableId = await dashboard.idOf('facts');

  for (const column of comparable.filter((one) => !allowed[name]?.includes(one))) {
    const { status } = await dashboard.post(
      '/api/query',
      { tableId, aggregations: [{ function: name, column, as: 'x' }] },
      '1.1',
    );
    expect(status).toBe(400);
  }
});

test('the aggregates of no rows are nothing, and their count is zero', async () => {
  const aggregations = AggregateFunction.options.map((name) => ({
    function: name,
    column: 'whole',
    as: name.replace(' ', '_'),
  }));
  const { body } = await dashboard.post(
    '/api/query',
    { tableId: await dashboard.idOf('facts'), filter: { column: 'owner', operator: '=', value: 3 }, aggregations },
    '1.1',
  );

  expect(body.rows).toEqual([[0, 0, null, null, null, null]]);
});
