import { performance } from 'node:perf_hooks';
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { serviceNames } from '@sandgate/contracts';
import type { Policy } from './invoices.js';
import { firstPolicy } from './invoices.js';
import { createRandom } from './random.js';
import { createReaders, type Readers } from './readers.js';
import { openScene, ruleOn, type Scene } from './scene.js';

const random = createRandom('two of each');
let scene: Scene;
let readers: Readers;
beforeAll(async () => {
  scene = await openScene({ random, people: 12, instances: 2 });
  readers = createReaders(scene);
  await scene.crowd.signEverybodyIn();
  await scene.expectNothingLost();
}, 180_000);
afterAll(() => scene?.close());

test('two of each service are replaced one after the other, and no request fails', async () => {
  const { crowd, sandgate } = scene;
  const traffic = crowd.start({ lanes: 4, pauseMs: 50 });
  const looks = readers.start({ lanes: 4, pauseMs: 50, pick: () => random.pick(crowd.people) });
  const ends: string[] = [];

  for (const service of serviceNames)
    for (const instance of sandgate.instances(service)) {
      ends.push(`${service} ${await sandgate.end(instance)}`);
      await sandgate.start(service);
    }

  await looks.stop();
  await traffic.stop();
  console.log(`while eight processes were replaced: ${JSON.stringify({ ...crowd.summary(), ...readers.counts() })}`);
  expect(ends).toEqual(serviceNames.flatMap((service) => [`${service} code 0`, `${service} code 0`]));
  expect(crowd.summary().failedAnswers).toBe(0);
  expect(readers.counts().rows).toBeGreaterThan(0);
  await scene.expectNothingLost();
});

/** One request of an administrator each, with the policy that it leads to. */
async function changeOf({
  mappings,
  rules,
  allUsers,
}: Policy): Promise<{ state: Policy; ask: () => Promise<unknown> }> {
  const { sandgate, installed } = scene;
  const { groupIds, sandboxIds, databaseId, tableId } = installed;
  const kind = random.pick(['mapping', 'rule', 'everybody'] as const);
  if (kind === 'mapping') {
    const names = mappings.Globex.length === 1 ? ['Customer-Globex', 'Elsewhere'] : ['Customer-Globex'];
    const next = { ...mappings, Globex: names };
    const ids = {
      'Customer-Acme': [groupIds['Acme']],
      ...Object.fromEntries(names.map((name) => [name, [groupIds['Globex']]])),
    };
    return {
      state: { mappings: next, rules, allUsers },
      ask: () => sandgate.manage('PUT', '/api/group-sync/jwt', { mappings: ids }),
    };
  }
  if (kind === 'rule') {
    const column = rules.Acme === 'region' ? 'account_id' : 'region';
    return {
      state: { mappings, rules: { ...rules, Acme: column }, allUsers },
      ask: () => sandgate.manage('PATCH', `/api/sandboxes/${sandboxIds['Acme']}`, { rule: ruleOn(column) }),
    };
  }
  const access = allUsers === 'none' ? 'unrestricted' : 'none';
  const groups = await sandgate.manage('GET', '/api/groups');
  const { id: groupId } = groups.body.data.find(({ name }: { name: string }) => name === 'All Users');
  return {
    state: { mappings, rules, allUsers: access },
    ask: () => sandgate.manage('PUT', '/api/data-permissions', { entries: [{ groupId, databaseId, tableId, access }] }),
  };
}

/** Changes the policy once; from the answer on, nobody is shown anything by the one before. */
async function changePolicy(): Promise<void> {
  const { state, ask } = await changeOf(readers.policies.at(-1)?.state ?? firstPolicy);
  const startedAt = performance.now();
  const pending = { state, startedAt };
  readers.policies.push(pending);
  expect(await ask()).toMatchObject({ status: 200 });
  readers.policies[readers.policies.indexOf(pending)] = { ...pending, acknowledgedAt: performance.now() };
}

test('while people sign in with changing claims and an administrator changes rules, no look ever shows an older right', async () => {
  const { crowd } = scene;
  const traffic = crowd.start({ lanes: 3, pauseMs: 5 });
  const looks = readers.start({ lanes: 6, pauseMs: 0, pick: () => random.pick(crowd.people) });

  const before = readers.counts();
  const seen = (): { rows: number; denied: number } => {
    const { rows, denied } = readers.counts();
    return { rows: rows - before.rows, denied: denied - before.denied };
  };
  const hasSeenBoth = (): boolean => seen().rows > 100 && seen().denied > 100 && seen().rows + seen().denied > 1_000;
  // Some policies deny nobody anything, and chance may choose those for long.
  for (let n = 0; n < 60 || (n < 1_000 && !hasSeenBoth()); n += 1) await changePolicy();

  await traffic.stop();
  await looks.stop();
  console.log(`raced: ${JSON.stringify({ ...crowd.summary(), ...seen(), policies: readers.policies.length })}`);
  expect(hasSeenBoth()).toBe(true);
});

test('in the end all queues and outboxes are empty', async () => {
  await scene.expectNothingLost();
  await scene.expectNothingLeft();
});
