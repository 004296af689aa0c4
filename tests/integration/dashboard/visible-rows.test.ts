import { afterAll, afterEach, beforeAll, describe, expect, test } from '@jest/globals';
import { type Column, type Decision, Failure, type RowFilter, type StructuredQuery } from '@sandgate/contracts';
import type { z } from 'zod';
import { eventually } from '../../support/eventually.js';
import { freshDatabase, type MigratedDatabase } from '../../support/postgres.js';
import { createSource, type TestSource } from './support/data-source.js';
import {
  accountNumberOf,
  denied,
  type RunningDashboard,
  type StandIn,
  sandboxedBy,
  startDashboard,
  unrestricted,
} from './support/start-dashboard.js';

const schema = `
  create table accounts (id integer primary key, region text);
  insert into accounts values (1, 'Europe'), (2, 'Asia'), (3, null);
  create table invoices (
    id integer primary key, account_id integer references accounts, status text, amount numeric(10, 2), issued_on date, secret_margin integer);
  insert into invoices
    select n, nullif(n % 4, 0), (array['open', 'paid', 'void'])[n % 3 + 1], n * 1.25, date '2026-01-01' + n % 30, n
    from generate_series(1, 240) as n;
  create view invoice_view as select * from invoices;
  create table plain (id integer primary key)`;

let database: MigratedDatabase;
let source: TestSource;
let dashboard: RunningDashboard;
let invoices: number;

/** A test may decide otherwise; afterwards it is again as here. */
const usual: StandIn = { decide: (person, table) => decide(accountNumberOf(person), table), before: () => undefined };
const standIn: StandIn = { ...usual };

/** Person 1 sees the invoices of account 1, and so on; 9 sees all; 8 has no attribute. */
function decide(person: number, table: string): Decision {
  if (table !== 'invoices') return denied('permissions.table_denied');
  if (person === 8)
    return denied('permissions.attribute_missing', { attributes: ['account_id'], columns: ['account_id'] });
  return person === 9 ? unrestricted : sandboxedBy('account_id', [person]);
}

beforeAll(async () => {
  [database, source] = await Promise.all([freshDatabase(), createSource(schema)]);
  await source.sql(`revoke select on invoices from ${source.reader};
    grant select (id, account_id, status, amount, issued_on) on invoices to ${source.reader}`);
  dashboard = await startDashboard({ database, sources: [source.setting], standIn });
  invoices = await dashboard.idOf('invoices');
});

afterEach(() => void Object.assign(standIn, usual));

afterAll(async () => {
  await dashboard.stop();
  await Promise.all([database.drop(), source.drop()]);
});

type Query = Omit<z.input<typeof StructuredQuery>, 'tableId'>;

const query = async (person: number, wanted: Query, version = 1) => {
  const { status, body } = await dashboard.post('/api/query', { tableId: invoices, ...wanted }, `${person}.${version}`);
  return { status, ...body };
};

const rowsOf = async (person: number, wanted: Query): Promise<unknown[][]> => {
  const { status, rows } = await query(person, wanted);
  expect(status).toBe(200);
  return rows;
};

const ofAccount = (account: number): number[] =>
  Array.from({ length: 240 }, (_, index) => index + 1).filter((id) => id % 4 === account);

describe('a sandboxed person', () => {
  test('reads their rows, in the order of the primary key, page by page', async () => {
    const first = await dashboard.get(`/api/tables/${invoices}/rows?limit=40`, '1.1');
    const second = await dashboard.get(`/api/tables/${invoices}/rows?limit=40&offset=40`, '1.1');

    expect(first.body.columns).toEqual([
      { name: 'id', type: 'integer' },
      { name: 'account_id', type: 'integer' },
      { name: 'status', type: 'text' },
      { name: 'amount', type: 'decimal' },
      { name: 'issued_on', type: 'date' },
    ]);
    expect(first.body.rows[0]).toEqual([1, 1, 'paid', '1.25', '2026-01-02']);
    expect([first.body.truncated, second.body.truncated]).toEqual([true, false]);
    expect([...first.body.rows, ...second.body.rows].map(([id]) => id)).toEqual(ofAccount(1));
  });

  test.each([
    ['counts', { aggregations: [{ function: 'count', as: 'n' }] }, [[60]]],
    ['groups', { groupBy: ['account_id'], aggregations: [{ function: 'count', as: 'n' }] }, [[2, 60]]],
    ['lists distinct values', { groupBy: ['account_id'] }, [[2]]],
    [
      'counts distinct values',
      { aggregations: [{ function: 'count distinct', column: 'account_id', as: 'n' }] },
      [[1]],
    ],
    ['finds the smallest', { aggregations: [{ function: 'min', column: 'id', as: 'n' }] }, [[2]]],
    ['finds the largest', { aggregations: [{ function: 'max', column: 'id', as: 'n' }] }, [[238]]],
    [
      'sums',
      { aggregations: [{ function: 'sum', column: 'id', as: 'n' }] },
      [[ofAccount(2).reduce((sum, id) => sum + id, 0)]],
    ],
    ['averages', { aggregations: [{ function: 'avg', column: 'account_id', as: 'n' }] }, [['2.0000000000000000']]],
    ['filters', { columns: ['id'], filter: { column: 'account_id', operator: '=', value: 1 } }, []],
    ['filters by null', { columns: ['id'], filter: { column: 'account_id', operator: 'is null' } }, []],
    ['negates', { columns: ['id'], filter: { not: { column: 'account_id', operator: '=', value: 2 } } }, []],
    [
      'asks for this or anything',
      {
        columns: ['id'],
        filter: {
          or: [
            { column: 'id', operator: '<', value: 3 },
            { not: { column: 'account_id', operator: 'in', value: [2] } },
          ],
        },
      },
      [[2]],
    ],
    [
      'sorts',
      {
        columns: ['account_id', 'id'],
        orderBy: [{ column: 'account_id' }, { column: 'id', direction: 'desc' }],
        limit: 1,
      },
      [[2, 238]],
    ],
    ['reads beyond the end', { columns: ['id'], offset: 60 }, []],
  ] as [string, Query, unknown[][]][])('%s within their rows only (A-65, A-66)', async (_name, wanted, rows) => {
    expect(await rowsOf(2, wanted)).toEqual(rows);
  });

  test('finds no way to a column that the reader may not select (A-69)', async () => {
    const column = 'secret_margin';
    const attempts: Query[] = [
      { columns: [column] },
      { filter: { column, operator: '>', value: 1 } },
      { filter: { not: { column, operator: 'is null' } } },
      { orderBy: [{ column }] },
      { groupBy: [column] },
      { columns: ['id'], orderBy: [{ column }] },
      { aggregations: [{ function: 'max', column, as: 'm' }] },
      { aggregations: [{ function: 'count', as: 'n' }], orderBy: [{ column }] },
    ];

    for (const attempt of attempts) {
      for (const person of [1, 9])
        expect(await query(person, attempt)).toMatchObject({ status: 400, code: 'dashboard.query_invalid' });
    }
  });

  test('has no raw SQL, and no field of a query takes any (A-67)', async () => {
    for (const path of ['/api/sql', '/api/dataset', '/api/query/native']) {
      expect((await dashboard.post(path, { query: 'select 1', native: { query: 'select 1' } }, '1.1')).status).toBe(
        404,
      );
    }
    for (const extra of [
      { sql: 'select 1' },
      { native: { query: 'select 1' } },
      { where: 'true' },
      { having: 'true' },
      { tableId: 'invoices' },
    ]) {
      expect((await dashboard.post('/api/query', { tableId: invoices, ...extra }, '1.1')).status).toBe(400);
    }
  });

  test('cannot reach the rows by a view on the same table, which is a table of its own (A-66)', async () => {
    const { status, body } = await dashboard.get(`/api/tables/${await dashboard.idOf('invoice_view')}/rows`, '1.1');

    expect({ status, code: body.code }).toEqual({ status: 403, code: 'permissions.table_denied' });
  });
});

test('two people with the same query in turn each get their own rows (A-64)', async () => {
  const read = async (person: number): Promise<unknown[]> => {
    const { body } = await dashboard.get(`/api/tables/${invoices}/rows?limit=100`, `${person}.1`);
    return body.rows.map(([id]: [number]) => id);
  };

  for (let turn = 0; turn < 12; turn += 1) {
    const [one, two, three] = await Promise.all([read(1), read(2), read(3)]);
    expect([one, two, three]).toEqual([ofAccount(1), ofAccount(2), ofAccount(3)]);
  }
});

test('a decision that changes is in force with the next read (A-64)', async () => {
  const count: Query = { aggregations: [{ function: 'count', as: 'n' }] };

  expect(await rowsOf(1, count)).toEqual([[60]]);
  standIn.decide = () => sandboxedBy('account_id', [1, 2]);
  expect(await rowsOf(1, count)).toEqual([[120]]);
  standIn.decide = () => denied('permissions.table_denied');
  expect(await query(1, count)).toMatchObject({ status: 403 });
});

test('an unrestricted person sees every row, also those of nobody', async () => {
  expect(await rowsOf(9, { groupBy: ['account_id'], aggregations: [{ function: 'count', as: 'n' }] })).toEqual([
    [1, 60],
    [2, 60],
    [3, 60],
    [null, 60],
  ]);
});

describe('a person whose rule cannot be resolved', () => {
  test('gets no row by any way, and is told which attribute is missing (A-53)', async () => {
    const answers = [
      await dashboard.get(`/api/tables/${invoices}/rows`, '8.1'),
      await dashboard.post('/api/query', { tableId: invoices, aggregations: [{ function: 'count', as: 'n' }] }, '8.1'),
      await dashboard.post('/api/query', { tableId: invoices, columns: ['no such column'] }, '8.1'),
    ];

    for (const { status, body } of answers) {
      expect(status).toBe(403);
      expect(body).toMatchObject({
        code: 'permissions.attribute_missing',
        details: { attributes: ['account_id'], columns: ['account_id'] },
      });
      expect(body.rows).toBeUndefined();
    }
  });

  test('does not find the table in the list', async () => {
    expect((await dashboard.get('/api/tables', '8.1')).body).toEqual({ data: [], total: 0 });
  });
});

test('the list holds what a person may see, with how and which columns', async () => {
  const { body } = await dashboard.get('/api/tables', '1.1');

  expect(body.total).toBe(1);
  expect(body.data).toMatchObject([
    { id: invoices, database: 'Shop Data', schema: 'public', name: 'invoices', access: 'sandboxed' },
  ]);
  expect(body.data[0].columns.map(({ name }: { name: string }) => name)).toEqual([
    'id',
    'account_id',
    'status',
    'amount',
    'issued_on',
  ]);
});

test('a table that nobody knows is denied like any other, and never a hint', async () => {
  for (const id of [999_999, 2_147_483_647]) {
    const { status, body } = await dashboard.get(`/api/tables/${id}/rows`, '9.1');
    expect({ status, code: body.code }).toEqual({ status: 403, code: 'permissions.table_unknown' });
  }
});

test('without a decision that is as new as the sign-in there are no rows, and the answer says when to come back', async () => {
  standIn.before = (question) => {
    if (question.name === 'permissions.decide') throw new Failure('permissions.not_yet_applied');
  };
  const { status, headers, body } = await dashboard.get(`/api/tables/${invoices}/rows`, '1.2');

  expect({ status, code: body.code, retryAfter: headers.get('retry-after') }).toEqual({
    status: 503,
    code: 'permissions.not_yet_applied',
    retryAfter: '1',
  });
});

test('an answer that leaves the table out is a denial', async () => {
  standIn.decide = () => undefined;

  expect(await query(9, {})).toMatchObject({ status: 403, code: 'permissions.table_unknown' });
  expect((await dashboard.get('/api/tables', '9.1')).body.total).toBe(0);
});

describe('a decision that was made by another catalogue shows no rows', () => {
  const integer: Column = { name: 'account_id', type: 'integer' };
  const through: Extract<RowFilter, { op: 'through' }> = {
    op: 'through',
    columns: [integer],
    table: { id: 1, schema: 'public', name: 'accounts' },
    referencedColumns: [{ name: 'id', type: 'integer' }],
    of: { op: '=', column: { name: 'region', type: 'text' }, value: 'Europe' },
  };
  const differing: [string, RowFilter][] = [
    ['a column of another type', { op: '=', column: { ...integer, type: 'text' }, value: '1' }],
    [
      'a column of another type that PostgreSQL would compare',
      { op: '=', column: { ...integer, type: 'decimal' }, value: '1' },
    ],
    ['a foreign key that is not there', { ...through, columns: [{ name: 'id', type: 'integer' }] }],
    ['a column that is gone', { op: 'is null', column: { name: 'tenant', type: 'integer' } }],
    [
      'a column that the reader may not select',
      { op: '=', column: { name: 'secret_margin', type: 'integer' }, value: '1' },
    ],
    ['a foreign key to another table', { ...through, table: { ...through.table, name: 'people' } }],
  ];

  test.each(differing)('%s', async (_name, filter) => {
    standIn.decide = () => ({ access: 'sandboxed', filter });
    const answer = await query(1, {});

    expect(answer).toMatchObject({ status: 503, code: 'dashboard.catalogue_differs' });
    expect(JSON.stringify(answer)).not.toMatch(/tenant|secret_margin|people/);
  });

  test('a foreign key that is there is followed, and a missing row is neither inside nor outside', async () => {
    const accounts = await dashboard.idOf('accounts');
    const inEurope = { ...through, table: { ...through.table, id: accounts } };
    const count: Query = { groupBy: ['account_id'], aggregations: [{ function: 'count', as: 'n' }] };
    standIn.decide = () => ({ access: 'sandboxed', filter: inEurope });
    const inside = await rowsOf(1, count);
    standIn.decide = () => ({ access: 'sandboxed', filter: { op: 'not', of: inEurope } });
    const outside = await rowsOf(1, count);

    expect(inside).toEqual([[1, 60]]);
    expect(outside).toEqual([[2, 60]]);
  });

  test('a table that changes under the catalogue is not read by what it was, and soon by what it is', async () => {
    standIn.decide = () => unrestricted;
    const id = await dashboard.idOf('plain');
    const read = () => dashboard.get(`/api/tables/${id}/rows`, '1.1');
    expect((await read()).status).toBe(200);

    await source.sql('alter table plain rename column id to number');
    const { status, body } = await read();
    const after = await eventually(async () => {
      const answer = await read();
      expect(answer.status).toBe(200);
      return answer;
    });

    expect({ status, code: body.code }).toEqual({ status: 503, code: 'dashboard.catalogue_differs' });
    expect(after.body.columns).toEqual([{ name: 'number', type: 'integer' }]);
  });
});
