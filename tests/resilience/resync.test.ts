import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { resync, subscriptions } from '@sandgate/contracts';
import { eventually } from '../support/eventually.js';
import { countQueues, onChannel, workQueue } from './queues.js';
import { createRandom } from './random.js';
import { openScene, type Scene } from './scene.js';

const random = createRandom('resync');
const queues = Object.keys(subscriptions).map(workQueue);
let scene: Scene;
beforeAll(async () => {
  scene = await openScene({ random });
  await scene.crowd.signEverybodyIn();
  await scene.expectNothingLost();
}, 120_000);
afterAll(() => scene?.close());

const resyncAll = async (): Promise<void> => {
  const { sandgate, crowd } = scene;
  // And the administrator.
  const republished = crowd.people.length + 1;
  expect(await sandgate.ask(resync.dashboard, {})).toEqual({ republished: 1 });
  expect(await sandgate.ask(resync.auth, {})).toEqual({ republished });
  await expectQuiet();
  expect(await sandgate.ask(resync.directory, {})).toEqual({ republished });
};

const expectQuiet = (): Promise<void> =>
  eventually(async () => expect(await countQueues(scene.virtualHost.url)).toEqual({ waiting: 0, dead: {} }), {
    timeoutMs: 30_000,
  });

test('events that an operator purged come back from their owners', async () => {
  const { sandgate, crowd, virtualHost } = scene;
  await sandgate.endAll(['directory', 'permissions']);
  await crowd.signEverybodyIn();
  await sandgate.start('directory');
  await eventually(async () => expect((await countQueues(virtualHost.url)).waiting).toBeGreaterThan(20));
  await onChannel(virtualHost.url, async (channel) => {
    for (const queue of queues) await channel.purgeQueue(queue);
  });
  await sandgate.start('permissions');
  await sandgate.ready();

  await resyncAll();

  await scene.expectApplied();
});

test('queues that an operator deleted under their consumers are there again, and what was in them comes back from its owner', async () => {
  const { sandgate, crowd, virtualHost } = scene;
  const traffic = crowd.start({ lanes: 6, pauseMs: 10 });
  const { signIns } = crowd.summary();
  await eventually(() => expect(crowd.summary().signIns).toBeGreaterThan(signIns + 50));

  await onChannel(virtualHost.url, async (channel) => {
    for (const queue of queues) await channel.deleteQueue(queue);
  });
  await eventually(() => expect(crowd.summary().signIns).toBeGreaterThan(signIns + 100));
  await traffic.stop();
  await eventually(() => countQueues(virtualHost.url), { timeoutMs: 30_000 });
  await sandgate.ready();
  await resyncAll();

  await scene.expectApplied();
});

test('directory, restored to an older state, catches up from auth, and permissions keeps what is newer', async () => {
  const { sandgate, crowd, held } = scene;
  await held.query('create table directory.backup as select * from directory.account');
  await crowd.signEverybodyIn();
  await crowd.signEverybodyIn();
  await scene.expectApplied();
  const claims = 'select id, claims_version, token_attributes, claimed_groups from directory.account order by id';
  const before = { claims: await held.query(claims), permissions: (await held.dump()).replace(/.*"applied":/s, '') };
  await sandgate.endAll(['directory']);
  await held.query('truncate directory.account cascade');
  await held.query('insert into directory.account select * from directory.backup');
  await sandgate.start('directory');
  await sandgate.ready();

  await resyncAll();
  await expectQuiet();

  const after = { claims: await held.query(claims), permissions: (await held.dump()).replace(/.*"applied":/s, '') };
  expect(after).toEqual(before);
  await scene.expectNothingLeft();
});
