import { performance } from 'node:perf_hooks';
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { serviceNames } from '@sandgate/contracts';
import { customers, firstPolicy, type Policy } from './invoices.js';
import { createRandom } from './random.js';
import { createReaders, type Readers } from './readers.js';
import { openScene, ruleOn, type Scene } from './scene.js';
import type { Answered } from './send.js';

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
  const traffic = crowd.start({ lanes: 4, pauseMs: 100 });
  const looks = readers.start({ lanes: 4, pauseMs: 100, pick: () => random.pick(crowd.people) });
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
  expect(crowd.summary().failedAnswers).toEqual({});
  expect(readers.counts().refused).not.toContain('service.unavailable');
  expect(readers.counts().rows).toBeGreaterThan(0);
  await scene.expectNothingLost();
});

/** What an administrator asks for, to have each part of a policy. */
const askFor = {
  mappings: ({ mappings }: Policy): Promise<Answered> => {
    const { groupIds } = scene.installed;
    const ids = customers.flatMap((customer) => mappings[customer].map((name) => [name, [groupIds[customer]]]));
    return scene.sandgate.manage('PUT', '/api/group-sync/jwt', { mappings: Object.fromEntries(ids) });
  },
  rules: ({ rules }: Policy): Promise<Answered> => {
    const id = scene.installed.sandboxIds['Acme'];
    return scene.sandgate.manage('PATCH', `/api/sandboxes/${id}`, { rule: ruleOn(rules.Acme) });
  },
  allUsers: async ({ allUsers: access }: Policy): Promise<Answered> => {
    const { databaseId, tableId } = scene.installed;
    const groups = await scene.sandgate.manage('GET', '/api/groups');
    const { id: groupId } = groups.body.data.find(({ name }: { name: string }) => name === 'All Users');
    const entries = [{ groupId, databaseId, tableId, access }];
    return scene.sandgate.manage('PUT', '/api/data-permissions', { entries });
  },
};
type Part = keyof typeof askFor;
const parts = Object.keys(askFor) as Part[];

/** The same part, as it is not in this policy. */
const another: Record<Part, (policy: Policy) => Partial<Policy>> = {
  mappings: ({ mappings }) => ({
    mappings: {
      ...mappings,
      Globex: mappings.Globex.length === 1 ? ['Customer-Globex', 'Elsewhere'] : ['Customer-Globex'],
    },
  }),
  rules: ({ rules }) => ({ rules: { ...rules, Acme: rules.Acme === 'region' ? 'account_id' : 'region' } }),
  allUsers: ({ allUsers }) => ({ allUsers: allUsers === 'none' ? 'unrestricted' : 'none' }),
};

/** Changes a part of the policy; from the answer on, nobody is shown anything by the one before. */
async function changePolicy(part: Part, state: Policy): Promise<void> {
  const pending = { state, startedAt: performance.now() };
  readers.policies.push(pending);
  expect(await askFor[part](state)).toMatchObject({ status: 200 });
  readers.policies[readers.policies.indexOf(pending)] = { ...pending, acknowledgedAt: performance.now() };
}

test('while people sign in with changing claims and an administrator changes rules, no look ever shows an older right', async () => {
  const { crowd } = scene;
  const traffic = crowd.start({ lanes: 3, pauseMs: 20 });
  const looks = readers.start({ lanes: 6, pauseMs: 0, pick: () => random.pick(crowd.people) });

  const before = readers.counts();
  const seen = (): { rows: number; denied: number } => {
    const { rows, denied } = readers.counts();
    return { rows: rows - before.rows, denied: denied - before.denied };
  };
  const hasSeenBoth = (): boolean => seen().rows > 100 && seen().denied > 100 && seen().rows + seen().denied > 1_000;
  // Some policies deny nobody anything, and chance may choose those for long.
  for (let n = 0; n < 60 || (n < 1_000 && !hasSeenBoth()); n += 1) {
    const part = random.pick(parts);
    const policy = readers.policies.at(-1)?.state ?? firstPolicy;
    await changePolicy(part, { ...policy, ...another[part](policy) });
  }

  await traffic.stop();
  await looks.stop();
  console.log(`raced: ${JSON.stringify({ ...crowd.summary(), ...seen(), policies: readers.policies.length })}`);
  expect(seen().rows).toBeGreaterThan(100);
  expect(seen().denied).toBeGreaterThan(100);
  expect(seen().rows + seen().denied).toBeGreaterThan(1_000);
});

test('in the end, under the first policy again, everything is applied, and all queues and outboxes are empty', async () => {
  for (const part of parts) expect(await askFor[part](firstPolicy)).toMatchObject({ status: 200 });

  await scene.expectNothingLost();
  await scene.expectNothingLeft();
});
