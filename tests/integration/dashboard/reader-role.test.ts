import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import { ConfigInvalid } from '@sandgate/service-kit';
import { freshDatabase, type MigratedDatabase } from '../../support/postgres.js';
import { createSource, type TestSource } from './support/data-source.js';
import { type RunningDashboard, type StandIn, startDashboard, unrestricted } from './support/start-dashboard.js';

const schema = `
  create table invoices (id integer primary key, amount integer);
  insert into invoices values (1, 10), (2, 20);
  create function delete_invoices() returns integer language sql volatile security definer as 'delete from public.invoices returning 1';
  create view careless as select 1 as id, public.delete_invoices() as deleted`;

let database: MigratedDatabase;
let source: TestSource;
let dashboard: RunningDashboard | undefined;

beforeEach(async () => {
  database = await freshDatabase();
  source = await createSource(schema);
});

afterEach(async () => {
  await dashboard?.stop();
  dashboard = undefined;
  await Promise.all([database.drop(), source.drop()]);
});

const standIn: StandIn = { decide: () => unrestricted };

async function start(url = source.setting.url, names = ['Shop Data']): Promise<RunningDashboard> {
  dashboard = await startDashboard({ database, sources: names.map((name) => ({ name, url })), standIn });
  return dashboard;
}

/** The sentences with which a start is refused. */
async function refusal(url?: string): Promise<string> {
  const outcome = await start(url).catch((error: unknown) => error);
  expect(outcome).toBeInstanceOf(ConfigInvalid);
  expect(String(outcome)).not.toContain('postgres:');
  return String(outcome);
}

describe('the start is refused, with the reason, when the role of a data source (A-62)', () => {
  test('is a superuser', async () => {
    expect(await refusal(source.adminUrl)).toContain(
      'SANDGATE_DATA_SOURCES: Shop Data: the role is a superuser or a member of one',
    );
  });

  test('is a member of a superuser', async () => {
    await source.sql(`create role chief_${source.reader} superuser; grant chief_${source.reader} to ${source.reader}`);

    expect(await refusal()).toContain('the role is a superuser or a member of one');
    await source.sql(`drop role chief_${source.reader}`);
  });

  test('may bypass row security', async () => {
    await source.sql(`alter role ${source.reader} bypassrls`);

    expect(await refusal()).toContain('the role may bypass row security');
  });

  test('owns a table', async () => {
    await source.sql(`alter table invoices owner to ${source.reader}`);

    expect(await refusal()).toContain('the role owns public.invoices');
    await source.sql(`alter table invoices owner to current_user`);
  });

  test.each(['insert', 'update', 'delete', 'truncate', 'insert (amount)', 'update (amount)'])(
    'may %s',
    async (privilege) => {
      await source.sql(`grant ${privilege} on invoices to ${source.reader}`);

      expect(await refusal()).toContain('the role may write to public.invoices');
    },
  );

  test('may take on a role that writes, without inheriting from it', async () => {
    await source.sql(`
      create role writer_${source.reader}; grant update on invoices to writer_${source.reader};
      alter role ${source.reader} noinherit; grant writer_${source.reader} to ${source.reader}`);

    expect(await refusal()).toContain('the role may write to public.invoices');
    await source.sql(`drop owned by writer_${source.reader}; drop role writer_${source.reader}`);
  });

  test('may write to all tables, also those to come', async () => {
    await source.sql(`grant pg_write_all_data to ${source.reader}`);

    expect(await refusal()).toContain('the role is a member of pg_write_all_data');
  });

  test('may read files of the server', async () => {
    await source.sql(`grant pg_read_server_files to ${source.reader}`);

    expect(await refusal()).toContain('the role is a member of pg_read_server_files');
  });
});

test('all reasons of all data sources are listed together', async () => {
  await source.sql(`alter role ${source.reader} bypassrls; grant update on invoices to ${source.reader}`);

  const outcome = await start(source.setting.url, ['One', 'Two']).catch((error: unknown) => error);

  expect(outcome).toBeInstanceOf(ConfigInvalid);
  expect((outcome as ConfigInvalid).faults.map((fault) => fault.slice(0, 45))).toEqual([
    'SANDGATE_DATA_SOURCES: One: the role may bypa',
    'SANDGATE_DATA_SOURCES: One: the role may writ',
    'SANDGATE_DATA_SOURCES: Two: the role may bypa',
    'SANDGATE_DATA_SOURCES: Two: the role may writ',
  ]);
});

test('a role that is given more later shows nothing from the next look on, and again once that is taken back', async () => {
  const { get, idOf, refresh } = await start();
  const rows = `/api/tables/${await idOf('invoices')}/rows`;
  expect((await get(rows, '1.1')).status).toBe(200);

  await source.sql(`grant update on invoices to ${source.reader}`);
  await refresh();
  expect((await get(rows, '1.1')).body).toMatchObject({ code: 'dashboard.query_failed' });
  expect((await get('/api/health/ready')).status).toBe(503);

  await source.sql(`revoke update on invoices from ${source.reader}`);
  await refresh();
  expect((await get(rows, '1.1')).status).toBe(200);
});

test('A-61: nothing is written even by a view that tries to, for every session is read-only', async () => {
  const { get, idOf } = await start();

  const { status, body } = await get(`/api/tables/${await idOf('careless')}/rows`, '1.1');

  expect({ status, code: body.code }).toEqual({ status: 502, code: 'dashboard.query_failed' });
  expect(await source.rows('select count(*)::integer from invoices')).toEqual([[2]]);
});

test('a data source that does not answer does not stop the start, and is found when it does', async () => {
  await source.sql(`alter role ${source.reader} nologin`);
  const { get, idOf, refresh, log } = await start();

  expect((await get('/api/health/ready')).status).toBe(503);
  expect((await get('/api/tables', '1.1')).body).toEqual({ data: [], total: 0 });

  await source.sql(`alter role ${source.reader} login`);
  await refresh();
  expect((await get(`/api/tables/${await idOf('invoices')}/rows`, '1.1')).body.rows).toEqual([
    [1, 10],
    [2, 20],
  ]);
  expect(log()).not.toContain('postgres:');
});
