import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { UserLoggedIn } from '@sandgate/contracts';
import { eventually } from '../support/eventually.js';
import type { Person } from './crowd.js';
import type { RecordedEvent } from './event-record.js';
import { countQueues } from './queues.js';
import { createRandom } from './random.js';
import { openScene, type Scene } from './scene.js';

const random = createRandom('redelivery');
const consumers = ['directory', 'permissions'] as const;
let scene: Scene;
/** All that was published, once each. */
let history: readonly RecordedEvent[];
beforeAll(async () => {
  scene = await openScene({ random });
  const traffic = scene.crowd.start({ lanes: 6, pauseMs: 10 });
  await eventually(() => expect(scene.crowd.summary().signIns).toBeGreaterThan(600), { timeoutMs: 60_000 });
  await traffic.stop();
  await scene.expectNothingLost();
  history = [...new Map((await scene.record.read()).map((event) => [event.id, event])).values()];
}, 180_000);
afterAll(() => scene?.close());

/** Ends the consumers, as soon as everything that was under way has been dealt with. */
async function endWhenQuiet(): Promise<void> {
  const { url } = scene.virtualHost;
  const expectQuiet = async (): Promise<void> => expect(await countQueues(url)).toEqual({ waiting: 0, dead: {} });
  await eventually(expectQuiet, { timeoutMs: 60_000 });
  await scene.sandgate.endAll(consumers);
  // What somebody had in hand would be back now.
  await eventually(expectQuiet);
  expect(await scene.held.outboxRows()).toBe(0);
  expect(scene.sandgate.casualties()).toEqual([]);
}

const startConsumers = (): Promise<unknown> => Promise.all(consumers.map((service) => scene.sandgate.start(service)));

test('every sign-in is recorded, once', async () => {
  const signIns = history.filter(({ type, data }) => type === UserLoggedIn.type && data.signedInBy !== undefined);

  const rows = await scene.held.query("select event_id as id from directory.record where kind = 'sign-in'");

  expect(signIns.length).toBeGreaterThan(600);
  expect(rows.map(({ id }) => id).sort()).toEqual(signIns.map(({ id }) => id).sort());
});

test('all history, delivered again three times over in random order, changes nothing and announces nothing', async () => {
  const before = await scene.held.dump();

  await scene.record.repeat(random.shuffled([...history, ...history, ...history]));
  await endWhenQuiet();

  expect(await scene.held.dump()).toBe(before);
  const known = new Set(history.map(({ id }) => id));
  expect((await scene.record.read()).filter(({ id }) => !known.has(id))).toEqual([]);
  console.log(`delivered ${history.length} events again, three times`);
});

test('a deactivation is not undone by sign-ins that are delivered late', async () => {
  await startConsumers();
  const { email } = scene.crowd.people[0] as Person;
  const account = (await scene.held.accounts()).get(email);
  const deactivation = { status: 'deactivated' };
  const path = `/api/accounts/${account?.id}`;
  expect(await scene.sandgate.manage('PATCH', path, deactivation)).toMatchObject({ status: 200 });
  const before = await scene.held.dump();

  await scene.record.repeat(random.shuffled(history));
  await endWhenQuiet();

  expect(await scene.held.dump()).toBe(before);
  const held = { directory: deactivation, permissions: deactivation };
  expect((await scene.held.accounts()).get(email)).toMatchObject(held);
});

test('sign-ins that arrive for the first time in random order end in the same state', async () => {
  await scene.held.query('truncate directory.account, permissions.account cascade');
  await startConsumers();

  await scene.record.repeat(random.shuffled(history.filter(({ type }) => type === UserLoggedIn.type)));

  await scene.expectApplied();
  await endWhenQuiet();
});
