import { performance } from 'node:perf_hooks';
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import type { Policy } from './invoices.js';
import { firstPolicy } from './invoices.js';
import { createRandom } from './random.js';
import { createReaders, type Readers } from './readers.js';
import { openScene, ruleOn, type Scene } from './scene.js';

const random = createRandom('freshness');
let scene: Scene;
let readers: Readers;
beforeAll(async () => {
  scene = await openScene({ random, people: 12, instances: 2 });
  readers = createReaders(scene);
  await scene.crowd.signEverybodyIn();
  await scene.expectNothingLost();
}, 180_000);
afterAll(() => scene?.close());

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

  const hasSeenBoth = (): boolean => {
    const { rows, denied } = readers.counts();
    return rows > 100 && denied > 100 && rows + denied > 1_000;
  };
  // Some policies deny nobody anything, and chance may choose those for long.
  for (let n = 0; n < 60 || (n < 1_000 && !hasSeenBoth()); n += 1) await changePolicy();

  await traffic.stop();
  await looks.stop();
  console.log(
    `raced: ${JSON.stringify({ ...crowd.summary(), ...readers.counts(), policies: readers.policies.length })}`,
  );
  expect(readers.counts().rows).toBeGreaterThan(100);
  expect(readers.counts().denied).toBeGreaterThan(100);
  expect(readers.counts().rows + readers.counts().denied).toBeGreaterThan(1_000);
});
