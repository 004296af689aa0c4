import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { freshDatabase, type MigratedDatabase } from '../../support/postgres.js';
import { createSource, type TestSource } from './support/data-source.js';
import { type RunningDashboard, startDashboard, unrestricted } from './support/start-dashboard.js';

const cells: readonly [type: string, literal: string, kind: string, json: unknown][] = [
  ['smallint', '-32768', 'integer', -32768],
  ['integer', '2147483647', 'integer', 2147483647],
  ['bigint', '9007199254740991', 'integer', 9007199254740991],
  ['bigint', '9007199254740992', 'integer', '9007199254740992'],
  ['numeric(10, 2)', '12.5', 'decimal', '12.50'],
  ['numeric', '12345678901234567890.000000001', 'decimal', '12345678901234567890.000000001'],
  ['numeric', 'NaN', 'decimal', 'NaN'],
  ['real', '0.1', 'float', 0.1],
  ['double precision', '1e300', 'float', 1e300],
  ['double precision', '-0.30000000000000004', 'float', -0.30000000000000004],
  ['double precision', '-Infinity', 'float', '-Infinity'],
  ['text', 'ä "quoted" text', 'text', 'ä "quoted" text'],
  ['varchar(5)', 'abc', 'text', 'abc'],
  ['char(5)', 'abc', 'other', 'abc  '],
  ['boolean', 'true', 'boolean', true],
  ['boolean', 'false', 'boolean', false],
  ['date', '2026-01-31', 'date', '2026-01-31'],
  ['date', 'infinity', 'date', 'infinity'],
  ['timestamp', '2026-01-31 09:30:00.5', 'timestamp', '2026-01-31T09:30:00.5'],
  ['timestamp', '0044-03-15 12:00 BC', 'timestamp', '0044-03-15 12:00:00 BC'],
  ['timestamptz', '2026-01-31 09:30:00+05:30', 'timestamptz', '2026-01-31T04:00:00Z'],
  ['timestamptz', '12026-01-31 00:00:00Z', 'timestamptz', '12026-01-31T00:00:00Z'],
  ['uuid', '6F9619FF-8B86-4D01-B42D-00CF4FC964BB', 'uuid', '6f9619ff-8b86-4d01-b42d-00cf4fc964bb'],
  ['jsonb', '{"a": [1, null]}', 'other', '{"a": [1, null]}'],
  ['integer[]', '{1,2}', 'other', '{1,2}'],
  ['interval', '1 day 2 hours', 'other', 'P1DT2H'],
  ['bytea', '\\xff00', 'other', '\\xff00'],
];

let database: MigratedDatabase;
let source: TestSource;
let dashboard: RunningDashboard;

beforeAll(async () => {
  const columns = cells.map(([type], index) => `c${index} ${type}`);
  const values = cells.map(([, literal]) => `'${literal}'`);
  [database, source] = await Promise.all([
    freshDatabase(),
    createSource(`create table cells (id integer primary key, ${columns.join(', ')}); insert into cells values (1, ${values.join(', ')}); insert into cells (id) values (2);
      create table sums (n bigint); insert into sums values (9007199254740991), (1)`),
  ]);
  await source.sql(
    `do $$ begin execute format('alter database %I set timezone = %L', current_database(), 'America/New_York'); end $$`,
  );
  dashboard = await startDashboard({ database, sources: [source.setting], standIn: { decide: () => unrestricted } });
});

afterAll(async () => {
  await dashboard.stop();
  await Promise.all([database.drop(), source.drop()]);
});

test.each(cells.map((cell, index) => [...cell, index] as const))(
  '%s %s is a %s and becomes %j',
  async (_type, _literal, kind, json, index) => {
    const { body } = await dashboard.get(`/api/tables/${await dashboard.idOf('cells')}/rows`, '1.1');

    expect(body.columns[index + 1]).toEqual({ name: `c${index}`, type: kind });
    expect(body.rows[0][index + 1]).toEqual(json);
    expect(body.rows[1][index + 1]).toBeNull();
  },
);

test('a sum of integers is a number where that is exact, and digits where it is not', async () => {
  const sum = async (limit: number) => {
    const query = {
      aggregations: [{ function: 'sum', column: 'n', as: 's' }],
      filter: { column: 'n', operator: '<=', value: limit },
    };
    return (await dashboard.post('/api/query', { tableId: await dashboard.idOf('sums'), ...query }, '1.1')).body;
  };

  expect(await sum(1)).toMatchObject({ columns: [{ name: 's', type: 'integer' }], rows: [[1]] });
  expect((await sum(Number.MAX_SAFE_INTEGER)).rows).toEqual([['9007199254740992']]);
});
