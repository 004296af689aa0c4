import { freePort } from '@sandgate/tests';
import { roundRobin, runClosedLoop } from '../client/closed-loop.js';
import { type Answer, HttpConnection, postRequest } from '../client/http-connection.js';
import { type Figure, perSecond, ratioOf } from '../figure.js';
import { accountIdInSql, accountIdOf } from '../stage/account-id.js';
import type { Closing } from '../stage/closing.js';
import { fillPolicy, groupsForAllTables, tables } from '../stage/policy.js';
import { startBareServer } from '../stage/processes.js';
import { countRoundTrips } from '../stage/round-trips.js';
import type { Stage } from '../stage/stage.js';
import { System } from '../stage/system.js';
import { compare, median } from '../statistics.js';

const accounts = 20_000;
const remembered = 200;
const connections = 64;
const rounds = 3;
const inMemoryBar = 1_000_000;

const allTables = Array.from({ length: tables }, (_, index) => index + 1);

/** Decisions over HTTP for accounts in ten groups: remembered ones, ones that have to be loaded, and what that asks of the database. */
export async function measureDecisions(stage: Stage, closing: Closing): Promise<Figure[]> {
  const system = await System.prepare(stage, closing);
  await fill(system);
  const counted = await countRoundTrips(system.databaseUrlOf('permissions'), closing);
  await system.start('permissions', closing, { databaseUrl: counted.url });
  const barePort = await freePort();
  await startBareServer('decision-server', { port: barePort, env: { DATABASE_URL: system.database.url } }, closing);

  const { permissions: port } = system.ports;
  const headers = { authorization: `Bearer ${system.serviceCredential}` };
  const question = (number: number, tableIds: readonly number[]): string =>
    postRequest(
      '/internal/permissions.decide',
      { accountId: accountIdOf(number), claimsVersion: 1, tableIds },
      headers,
    );
  const questions = (count: number, tableIds: readonly number[]): string[] =>
    Array.from({ length: count }, (_, number) => question(number, tableIds));
  const ask = async (at: number, requests: readonly string[]): Promise<number> =>
    (
      await runClosedLoop({
        port: at,
        connections,
        expected: 200,
        next: roundRobin(requests),
        maxSeconds: 3,
        inspect: mustBeAnswer,
      })
    ).perSecond;

  const trips = await tripsOfOne(port, questions(300, allTables), counted.total);
  const warm = questions(remembered, allTables);
  const single = questions(remembered, [1]);
  const hundred = await compare(
    rounds,
    () => ask(port, warm),
    () => ask(barePort, bareRequests(remembered, 'remembered')),
  );
  const one = await compare(
    rounds,
    () => ask(port, single),
    () => ask(barePort, bareRequests(remembered, 'one')),
  );
  const cold = questions(accounts, allTables);
  const loaded = await compare(
    rounds,
    () => ask(port, cold),
    () => ask(barePort, bareRequests(accounts, 'loaded')),
  );
  const furtherSeconds = (1 / hundred.ours - 1 / one.ours) / (tables - 1);
  return [
    {
      what: `decisions, ${tables} tables and ${groupsForAllTables} groups, in memory, by HTTP: ${tables} of one account in each question`,
      measured: perSecond(hundred.ours * tables),
      bare: perSecond(hundred.bare * tables),
      ratio: ratioOf(hundred.ratio),
    },
    {
      what: 'the same, without what the question itself costs: what each further decision of it adds',
      measured: perSecond(1 / furtherSeconds),
      bar: perSecond(inMemoryBar),
      met: 1 / furtherSeconds >= inMemoryBar,
    },
    {
      what: 'the same, one decision in each question',
      measured: perSecond(one.ours),
      bare: perSecond(one.bare),
      ratio: ratioOf(one.ratio),
    },
    {
      what: `decisions that are not in memory, ${tables} in each question`,
      measured: perSecond(loaded.ours * tables),
      bare: perSecond(loaded.bare * tables),
      ratio: ratioOf(loaded.ratio),
    },
    { what: 'database round trips of such a question', measured: String(trips), bare: '1', bar: '1', met: trips === 1 },
  ];
}

async function fill(system: System): Promise<void> {
  const { database } = system;
  await fillPolicy(database, groupsForAllTables);
  const attributes = `jsonb_build_object('account_id', jsonb_build_object('value', n % 1000, 'source', 'token'))`;
  await database.query(`
    insert into permissions.account (id, revision, claims_version, status, attributes)
      select ${accountIdInSql}, 1, 1, 'active', ${attributes} from generate_series(0, ${accounts - 1}) as n;
    insert into permissions.claimed_group (account_id, provider, name, presence)
      select ${accountIdInSql}, 'jwt', 'Claimed-' || g, 'listed' from generate_series(0, ${accounts - 1}) as n, generate_series(0, ${groupsForAllTables - 1}) as g`);
  await database.query('vacuum analyze');
}

const bareRequests = (count: number, kind: string): string[] =>
  Array.from({ length: count }, (_, number) => postRequest(`/${kind}`, { accountId: accountIdOf(number) }));

/** Every decision is a sandbox: one that was denied would be quicker. */
function mustBeAnswer({ status, body }: Answer): void {
  if (status !== 200 || body.includes('denied'))
    throw new Error(`a decision is not what it should be: ${body.toString().slice(0, 300)}`);
}

/** Of questions that come one at a time, each about an account that nobody has asked about. */
async function tripsOfOne(port: number, requests: readonly string[], total: () => number): Promise<number> {
  const connection = await HttpConnection.open(port);
  const trips: number[] = [];
  for (const request of requests) {
    const before = total();
    mustBeAnswer(await connection.exchange(request));
    trips.push(total() - before);
  }
  connection.close();
  return median(trips);
}
