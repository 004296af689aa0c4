import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import type { RowFilter } from '@sandgate/contracts';
import { freshDatabase, type MigratedDatabase } from '../../support/postgres.js';
import { createSource, type TestSource } from './support/data-source.js';
import { accountNumberOf, type RunningDashboard, startDashboard } from './support/start-dashboard.js';

// A view whose column fails on some rows: if a condition on it were tried on a hidden row, the failure would tell that the row is there.
// The function that tells what it was given stands for anything in a view that lets values out.
const schema = `
  create table salaries (id integer primary key, owner integer, region text, divisor integer, note text);
  insert into salaries values (1, 1, 'north', 4, 'mine'), (2, 2, 'south', 0, 'the secret of two'), (3, 1, 'north', 5, 'mine too');
  create function tell(text) returns text language plpgsql immutable cost 0.0001 as $$
    begin raise exception 'leaked: %', $1; exception when others then
      if $1 like 'the secret%' then raise exception 'leaked: %', $1; end if; return $1; end $$;
  create view ratios as select id, owner, region, 100 / divisor as ratio, public.tell(note) as note from salaries;
  create table slow (id integer primary key, owner integer);
  insert into slow values (1, 1);
  create view sleepers as select id, owner, pg_sleep(30) is null as rested from slow;
  create view broken as select id, owner, ('not a number of ' || note)::integer as number from salaries`;

let database: MigratedDatabase;
let source: TestSource;
let dashboard: RunningDashboard;

/** Costlier than any condition of the person, so that the planner would rather try that first. */
const ownRows = (owner: number): RowFilter => {
  const own: RowFilter = { op: 'in', column: { name: 'owner', type: 'integer' }, values: [String(owner), '77'] };
  const named = (value: string): RowFilter => ({ op: 'prefix', column: { name: 'region', type: 'text' }, value });
  return { op: 'or', of: [own, ...['a', 'b', 'c', 'd', 'e', 'f'].map(named)] };
};

beforeAll(async () => {
  [database, source] = await Promise.all([freshDatabase(), createSource(schema)]);
  const decide = (person: { accountId: string; claimsVersion: number }, table: string) =>
    table === 'sleepers' || table === 'broken'
      ? ({ access: 'unrestricted' } as const)
      : ({ access: 'sandboxed', filter: ownRows(accountNumberOf(person)) } as const);
  dashboard = await startDashboard({
    database,
    sources: [source.setting],
    queryTimeoutSeconds: 1,
    standIn: { decide },
  });
});

afterAll(async () => {
  await dashboard.stop();
  await Promise.all([database.drop(), source.drop()]);
});

const query = async (table: string, wanted: Record<string, unknown>) => {
  const { status, text, body } = await dashboard.post(
    '/api/query',
    { tableId: await dashboard.idOf(table), ...wanted },
    '1.1',
  );
  return { status, text, body };
};

describe('a condition of a person is never tried on a hidden row (A-59)', () => {
  test.each([
    [
      'one that would divide by zero there',
      { columns: ['id'], filter: { column: 'ratio', operator: '>', value: 1 } },
      [[1], [3]],
    ],
    [
      'one that would tell the value there',
      { columns: ['id'], filter: { column: 'note', operator: '=', value: 'mine' } },
      [[1]],
    ],
    [
      'both, counted',
      {
        filter: {
          and: [
            { column: 'note', operator: 'prefix', value: 'm' },
            { column: 'ratio', operator: '<', value: 22 },
          ],
        },
        aggregations: [{ function: 'count', as: 'n' }],
      },
      [[1]],
    ],
    [
      'none, but a group',
      { groupBy: ['note'], aggregations: [{ function: 'max', column: 'ratio', as: 'm' }] },
      [
        ['mine', 25],
        ['mine too', 20],
      ],
    ],
    ['none, but an order', { columns: ['ratio'], orderBy: [{ column: 'ratio' }] }, [[20], [25]]],
  ])('%s', async (_name, wanted, rows) => {
    const before = await query('ratios', wanted);
    await source.sql('delete from salaries where id = 2');
    const without = await query('ratios', wanted);
    await source.sql("insert into salaries values (2, 2, 'south', 0, 'the secret of two')");

    expect(before.body).toMatchObject({ rows });
    expect(before).toEqual(without);
  });
});

describe('what the database says stays in the log (A-59)', () => {
  test('of a failure', async () => {
    const { status, body, text } = await query('broken', {});

    expect(status).toBe(502);
    expect(body).toEqual({
      code: 'dashboard.query_failed',
      message: 'The database did not answer the query.',
      id: body.id,
    });
    expect(text).not.toMatch(/integer|number|syntax|salaries|22P02/);
    expect(dashboard.log()).toContain('database error 22P02');
  });

  test('and nobody’s data is in the log', () => {
    expect(dashboard.log()).not.toMatch(/not a number of|the secret of two/);
  });

  test('of a query that takes too long', async () => {
    const { status, body } = await query('sleepers', {});

    expect({ status, code: body.code }).toEqual({ status: 504, code: 'dashboard.query_timeout' });
    expect(body.message).not.toMatch(/statement|cancel/i);
  });
});

describe('there is no way to the database’s own books (A-60)', () => {
  test('its schemas are in no list', async () => {
    const { body } = await dashboard.get('/api/tables?limit=2000', '1.1');

    expect(new Set(body.data.map(({ schema: name }: { schema: string }) => name))).toEqual(new Set(['public']));
  });

  test.each(['pg_catalog/pg_stats', 'pg_catalog/pg_class', 'information_schema/tables', 'pg_catalog/pg_stat_activity'])(
    '%s has no page',
    async (path) => {
      expect((await dashboard.get(`/tables/shop-data/${path}`, '1.1')).status).toBe(404);
    },
  );

  test('no answer carries a plan, a duration or an estimate of what is hidden', async () => {
    const { body } = await query('ratios', {});
    const { headers } = await dashboard.get(`/api/tables/${await dashboard.idOf('ratios')}/rows`, '1.1');

    expect(Object.keys(body).sort()).toEqual(['columns', 'rows', 'truncated']);
    expect([...headers.keys()].filter((name) => /time|duration|cost|server|powered/.test(name))).toEqual([]);
    expect((await query('ratios', { explain: true })).status).toBe(400);
  });
});
