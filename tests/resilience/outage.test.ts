import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { serviceNames } from '@sandgate/contracts';
import { eventually } from '../support/eventually.js';
import { type Broker, startRabbitmq } from '../support/rabbitmq.js';
import { onBroker } from '../support/virtual-host.js';
import type { Person, SignIn } from './crowd.js';
import { type DurableDatabase, openDurableDatabase } from './durable-database.js';
import { firstPolicy, visibleInvoices } from './invoices.js';
import { createRandom } from './random.js';
import { openScene, type Scene } from './scene.js';
import { type Answered, send } from './send.js';

const random = createRandom('outage');
const outageMs = 30_000;
let broker: Broker;
let database: DurableDatabase;
let scene: Scene;
beforeAll(async () => {
  [broker, database] = await Promise.all([startRabbitmq(), openDurableDatabase()]);
  scene = await openScene({ random, people: 80, database, virtualHost: onBroker(broker) });
}, 240_000);
afterAll(async () => {
  await scene?.close();
  await broker?.dispose();
}, 60_000);

const rowsFor = ({ session }: SignIn): Promise<Answered> => {
  const url = `${scene.sandgate.origin('dashboard')}/api/tables/${scene.installed.tableId}/rows?limit=2000`;
  return send(url, { headers: { 'x-metabase-session': String(session) } });
};

const idsIn = ({ body }: Answered): number[] =>
  body.rows.map((row: unknown[]) => row[0]).sort((one: number, other: number) => one - other);

test('while the broker is dead for half a minute people sign in, and afterwards everything is applied', async () => {
  const { crowd } = scene;
  const seer = { account_id: 7, region: 'EU', groups: ['Customer-Acme'] };
  const [same, changed, ...others] = crowd.people as [Person, Person, ...Person[]];
  await crowd.signEverybodyIn();
  for (const person of [same, changed]) await crowd.signIn(person, seer);
  await scene.expectNothingLost();
  const before = crowd.summary();

  await broker.kill9();
  const died = Date.now();
  const traffic = crowd.start({ lanes: 4, pauseMs: 100, people: others });

  // Who comes back with the same claims sees their rows at once; who comes with new ones sees none rather than yesterday's.
  const back = await crowd.signIn(same, seer);
  expect(idsIn(await rowsFor(back))).toEqual(visibleInvoices(back.kept, firstPolicy));
  const moved = await crowd.signIn(changed, { ...seer, account_id: 8 });
  const refused = await rowsFor(moved);
  expect(refused).toMatchObject({ status: 503, body: { code: 'permissions.not_yet_applied' } });
  expect(Number(refused.headers['retry-after'])).toBeGreaterThan(0);

  await eventually(() => expect(Date.now() - died).toBeGreaterThan(outageMs), { timeoutMs: 2 * outageMs });
  const during = crowd.summary();
  await broker.start();
  await traffic.stop();

  console.log(`signed in without a broker: ${during.signIns - before.signIns}, slowest ${during.slowestMs} ms`);
  expect(during.signIns - before.signIns).toBeGreaterThan(100);
  expect(crowd.summary().failedAnswers).toEqual({});
  await scene.expectNothingLost();
  expect(idsIn(await rowsFor(moved))).toEqual(visibleInvoices(moved.kept, firstPolicy));
});

test('when everything is killed at the same moment, all services start again by themselves and nothing is lost', async () => {
  const { crowd, sandgate } = scene;
  const traffic = crowd.start({ lanes: 4, pauseMs: 100 });
  const { signIns } = crowd.summary();
  await eventually(() => expect(crowd.summary().signIns).toBeGreaterThan(signIns + 100), { timeoutMs: 60_000 });

  await Promise.all([sandgate.endAll(serviceNames, 'SIGKILL'), database.server.kill9(), broker.kill9()]);
  const restart = async (): Promise<void> => {
    await database.server.start();
    await Promise.all(serviceNames.map((service) => sandgate.start(service)));
  };
  await Promise.all([restart(), broker.start()]);

  await sandgate.ready();
  await traffic.stop();
  await scene.expectNothingLost();
  await scene.expectNothingLeft();
});
