import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { countVisible, type Decision, type VisibleCount } from '@sandgate/contracts';
import { freshDatabase, type MigratedDatabase } from '../../support/postgres.js';
import { createSource, type TestSource } from './support/data-source.js';
import {
  denied,
  type RunningDashboard,
  sandboxedBy,
  serviceCredential,
  startDashboard,
  unrestricted,
} from './support/start-dashboard.js';

const schema = `
  create table invoices (id integer primary key, account_id integer);
  insert into invoices select n, n % 4 from generate_series(1, 240) as n;
  create table many (id integer);
  insert into many select n from generate_series(1, 1000001) as n;
  create view endless as select n as id from generate_series(1, 1000) as n where pg_sleep(0.5) is not null`;

let database: MigratedDatabase;
let source: TestSource;
let dashboard: RunningDashboard;

beforeAll(async () => {
  [database, source] = await Promise.all([freshDatabase(), createSource(schema)]);
  dashboard = await startDashboard({ database, sources: [source.setting], standIn: { decide: () => unrestricted } });
});
afterAll(async () => {
  await dashboard.stop();
  await Promise.all([database.drop(), source.drop()]);
});

/** As another service asks. */
async function count(wanted: [table: string, decision: Decision][], withinSeconds = 10): Promise<VisibleCount[]> {
  const tables = await Promise.all(
    wanted.map(async ([table, decision]) => ({ tableId: await dashboard.idOf(table), decision })),
  );
  const response = await fetch(`${dashboard.url}/internal/dashboard.count-visible`, {
    method: 'POST',
    headers: {
      'content-type': 'application/json',
      authorization: `Bearer ${serviceCredential}`,
    },
    body: JSON.stringify({ tables, withinSeconds }),
    // As long as whoever asks waits.
    signal: AbortSignal.timeout((countVisible.patienceSeconds ?? 5) * 1000),
  });
  expect(response.status).toBe(200);
  const { counts } = (await response.json()) as { counts: { tableId: number; rows: VisibleCount }[] };
  expect(counts.map(({ tableId }) => tableId)).toEqual(tables.map(({ tableId }) => tableId));
  return counts.map(({ rows }) => rows);
}

describe('counting what decisions allow', () => {
  test('goes through the filter by which rows are read, and up to a million', async () => {
    const counts = await count([
      ['invoices', unrestricted],
      ['invoices', sandboxedBy('account_id', [1, 2])],
      ['many', unrestricted],
      ['many', sandboxedBy('id', [1, 2, 3])],
    ]);
    expect(counts).toEqual([{ exactly: 240 }, { exactly: 120 }, { moreThan: 1_000_000 }, { exactly: 3 }]);
  });

  test('says unknown of what is denied, or names what is not there', async () => {
    const counts = await count([
      ['invoices', denied('permissions.table_denied')],
      ['invoices', sandboxedBy('no_such_column', [1])],
      ['invoices', unrestricted],
    ]);
    expect(counts).toEqual([{ unknown: true }, { unknown: true }, { exactly: 240 }]);
  });

  test('A-63: stops what takes too long, at the database too, and leaves its connections as they were', async () => {
    const slow: [string, Decision][] = Array.from({ length: 7 }, () => ['endless', unrestricted]);
    expect(await count([['invoices', unrestricted], ...slow], 1)).toEqual([
      { exactly: 240 },
      ...slow.map(() => ({ unknown: true })),
    ]);
    const running = await source.rows(
      `select query from pg_stat_activity where usename = '${source.reader}' and state = 'active'`,
    );
    expect(running).toEqual([]);
    // Longer than what was left to the counts, and shorter than a query may take.
    const id = await dashboard.idOf('endless');
    const rows = await dashboard.post('/api/query', { tableId: id, limit: 3 }, '1.1');
    expect(rows.body.rows).toHaveLength(3);
  });
});
