import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { serviceNames } from '@sandgate/contracts';
import { createRandom } from './random.js';
import { createReaders } from './readers.js';
import { openScene, type Scene } from './scene.js';

const random = createRandom('rolling restart');
let scene: Scene;
beforeAll(async () => {
  scene = await openScene({ random, instances: 2 });
  await scene.crowd.signEverybodyIn();
  await scene.expectNothingLost();
}, 180_000);
afterAll(() => scene?.close());

test('two of each service are replaced one after the other, and no request fails', async () => {
  const { crowd, sandgate } = scene;
  const readers = createReaders(scene);
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
  await scene.expectNothingLeft();
});
