import { afterAll, afterEach, beforeAll, expect, test } from '@jest/globals';
import { Failure } from '@sandgate/contracts';
import { freshDatabase, type MigratedDatabase } from '../../support/postgres.js';
import { createSource, type TestSource } from './support/data-source.js';
import { type RunningDashboard, type StandIn, startDashboard, unrestricted } from './support/start-dashboard.js';

let database: MigratedDatabase;
let source: TestSource;
let dashboard: RunningDashboard;
const usual: StandIn = { decide: () => unrestricted, catalogueApplied: true, before: () => undefined };
const standIn: StandIn = { ...usual };

beforeAll(async () => {
  [database, source] = await Promise.all([freshDatabase(), createSource('create table one (id integer)')]);
  dashboard = await startDashboard({ database, sources: [source.setting], standIn });
});

afterEach(() => void Object.assign(standIn, usual));

afterAll(async () => {
  await dashboard.stop();
  await Promise.all([database.drop(), source.drop()]);
});

const ready = async () => {
  const { status, body, text } = await dashboard.get('/api/health/ready');
  const missing = Object.entries(body.checks as Record<string, { ready: boolean }>).filter(([, check]) => !check.ready);
  return { status, missing: missing.map(([name]) => name), text };
};

test('ready once sources, catalogue and the other services are', async () => {
  expect(await ready()).toMatchObject({ status: 200, missing: [] });
});

test('not ready before permissions has taken over the catalogue', async () => {
  standIn.catalogueApplied = false;

  expect(await ready()).toMatchObject({ status: 503, missing: ['dashboard.permissions-catalogue'] });
});

test.each(['auth', 'directory', 'permissions'])('not ready while %s does not answer', async (service) => {
  standIn.before = ({ name }) => {
    if (name === `${service}.report-readiness`) throw new Failure('service.unavailable');
  };

  expect(await ready()).toMatchObject({ status: 503, missing: [`dashboard.${service}`] });
});

test('not ready while a data source does not answer, without a word about where it is', async () => {
  await source.sql(`alter role ${source.reader} nologin`);
  await source.sql(`select pg_terminate_backend(pid) from pg_stat_activity where usename = '${source.reader}'`);

  const { status, missing, text } = await ready();
  await source.sql(`alter role ${source.reader} login`);

  expect({ status, missing }).toEqual({ status: 503, missing: ['dashboard.data-sources'] });
  expect(text).not.toMatch(new RegExp(`Shop|127\\.0\\.0\\.1|localhost|postgres|${source.reader}`));
  expect(await ready()).toMatchObject({ status: 200 });
});
