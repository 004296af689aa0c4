import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import {
  AccountChanged,
  type DeadLetter,
  listDeadLetters,
  redriveDeadLetters,
  UserLoggedIn,
} from '@sandgate/contracts';
import { eventually } from '../support/eventually.js';
import { crashAt, removeCrashFiles } from './crash-points.js';
import type { Person } from './crowd.js';
import type { Message } from './event-record.js';
import { createRandom } from './random.js';
import { openScene, type Scene } from './scene.js';

const consumers = ['directory', 'permissions'] as const;
type Consumer = (typeof consumers)[number];
const random = createRandom('dead letters');
/** Delivered so often without an outcome, a message counts as deadly. */
const deadlyDeliveries = 6;
let scene: Scene;
beforeAll(async () => {
  scene = await openScene({ random, people: 100 });
  // A broker gives the shorter of two times to live; without this the last retries would rest for a minute each.
  await scene.virtualHost.setPolicy('impatient', '\\.retry\\.', { 'message-ttl': 300 });
}, 120_000);
afterAll(async () => {
  await scene?.close();
  removeCrashFiles();
});

interface Restarted {
  deaths(): number;
  /** Resolves when no message kills it any more, or throws. */
  stop(): Promise<void>;
}

/** Keeps a service running whatever it dies of, as a container does, in processes that do not survive a message with this mark. */
function keepRunning(service: Consumer, mark: string): Restarted {
  let deaths = 0;
  let isWanted = true;
  const preload = crashAt({ point: 'on-delivery', pattern: mark });
  const run = async (): Promise<void> => {
    while (isWanted) {
      const { process } = await scene.sandgate.start(service, preload);
      await eventually(() => expect(process.hasExited() || !isWanted).toBe(true), { timeoutMs: 200_000 });
      if (process.hasExited() && isWanted) deaths += 1;
    }
  };
  const running = run();
  return {
    deaths: () => {
      expect(preload.reached()).toBe(deaths);
      return deaths;
    },
    async stop() {
      isWanted = false;
      await running;
      await scene.sandgate.endAll([service]);
      console.log(`${service} on-delivery: reached ${preload.reached()} times`);
    },
  };
}

const envelope = (
  type: string,
  source: string,
  data: { readonly accountId: unknown; readonly [name: string]: unknown },
): Message => {
  const id = randomUUID();
  const traceparent = `00-${'1'.repeat(32)}-${'2'.repeat(16)}-01`;
  const time = new Date().toISOString();
  const about = { subject: String(data.accountId), time, datacontenttype: 'application/json', traceparent };
  const event = { specversion: '1.0', id, source: `/sandgate/${source}`, type, ...about, data };
  return { id, type, body: Buffer.from(JSON.stringify(event)) };
};

const account = (accountId: unknown) => ({
  ...{ accountId, email: 'somebody@acme.example', firstName: null, lastName: null },
  ...{ attributes: {}, groups: [], firstAdministrator: false, claimsVersion: 1 },
});

/** Fits the contract, but no column: every attempt to store it throws. */
const tooLarge = 3_000_000_000;

const lettersOf = async (service: Consumer): Promise<DeadLetter[]> =>
  (await scene.sandgate.ask(listDeadLetters[service], { limit: 100 })).deadLetters;

test('a thousand good messages are applied around those that fail, are malformed or kill, and only these are dead letters', async () => {
  const { crowd, sandgate, record, held } = scene;
  const [deadlyToDirectory, deadlyToPermissions, innocent, ...others] = crowd.people as [Person, Person, Person];
  await crowd.signEverybodyIn();
  await scene.expectNothingLost();
  await sandgate.endAll(consumers);
  const signInManyTimes = async (times: number): Promise<void> => {
    const traffic = crowd.start({ lanes: 8, pauseMs: 0, people: [innocent, ...others] });
    const { signIns } = crowd.summary();
    await eventually(() => expect(crowd.summary().signIns).toBeGreaterThan(signIns + times), { timeoutMs: 60_000 });
    await traffic.stop();
  };
  const { id } = (await held.accounts()).get(innocent.email) ?? {};
  const poison = {
    directory: [
      envelope(UserLoggedIn.type, 'auth', { ...account(id), claimsVersion: tooLarge }),
      envelope(UserLoggedIn.type, 'auth', account('nobody')),
    ],
    permissions: [
      envelope(AccountChanged.type, 'directory', { ...account(id), status: 'active', revision: tooLarge }),
      envelope(AccountChanged.type, 'directory', { ...account(randomUUID()), revision: 1 }),
    ],
  };
  await signInManyTimes(500);
  await record.forge([...poison.directory, ...poison.permissions]);
  await crowd.signIn(deadlyToDirectory, { first_name: 'Deadly to directory' });
  await signInManyTimes(250);

  const directory = keepRunning('directory', 'Deadly to directory');
  await eventually(async () => expect(await lettersOf('directory')).toHaveLength(3), {
    timeoutMs: 180_000,
  });
  // Only now, when directory dies no more: what it publishes while it dies may be published twice, and each copy would kill.
  await crowd.signIn(deadlyToPermissions, { first_name: 'Deadly to permissions' });
  await signInManyTimes(250);
  const permissions = keepRunning('permissions', 'Deadly to permissions');
  await eventually(
    async () => {
      const letters = [await lettersOf('directory'), await lettersOf('permissions')];
      expect(letters.map((all) => all.length)).toEqual([3, 3]);
    },
    { timeoutMs: 180_000 },
  );
  await scene.expectNothingLost([deadlyToDirectory, deadlyToPermissions]);

  const expected = (malformed: string, deadly: string) =>
    expect.arrayContaining([
      expect.objectContaining({
        code: 'event.attempts_exhausted',
        attempts: 5,
        reason: expect.stringMatching(/integer/),
      }),
      expect.objectContaining({ code: 'event.malformed', attempts: 1, reason: expect.stringContaining(malformed) }),
      expect.objectContaining({ code: 'event.consumer_died', attempts: deadlyDeliveries, subject: deadly }),
    ]);
  const subjectOf = async ({ email }: Person): Promise<string> => String((await held.accounts()).get(email)?.id);
  expect(await lettersOf('directory')).toEqual(expected('data.accountId', await subjectOf(deadlyToDirectory)));
  expect(await lettersOf('permissions')).toEqual(expected('data.status', await subjectOf(deadlyToPermissions)));
  expect([directory.deaths(), permissions.deaths()]).toEqual([deadlyDeliveries, deadlyDeliveries]);
  await Promise.all([directory.stop(), permissions.stop()]);
});

test('a dead letter is re-driven by its id, and what no longer fails is applied', async () => {
  const { sandgate } = scene;
  await Promise.all(consumers.map((service) => sandgate.start(service)));
  await sandgate.ready();
  for (const service of consumers) {
    const letters = await lettersOf(service);
    const deadly = letters.filter(({ code }) => code === 'event.consumer_died').map(({ id }) => id);
    expect(await sandgate.ask(redriveDeadLetters[service], { ids: deadly })).toEqual({ redriven: 1 });
    await eventually(async () => expect(await lettersOf(service)).toHaveLength(2));
  }

  await scene.expectNothingLost();
});

test('a dead letter that fails again is a dead letter again, with a fresh count', async () => {
  const { sandgate } = scene;

  for (const service of consumers) {
    const before = await lettersOf(service);
    expect(await sandgate.ask(redriveDeadLetters[service], {})).toEqual({ redriven: 2 });
    const again = await eventually(async () => {
      const letters = await lettersOf(service);
      expect(letters).toHaveLength(2);
      return letters;
    });
    const withoutDate = ({ diedAt: _, ...letter }: DeadLetter) => letter;
    expect(again.map(withoutDate)).toEqual(expect.arrayContaining(before.map(withoutDate)));
  }

  await scene.expectNothingLost();
  await scene.expectNothingLeft({ 'directory.on-user-logged-in': 2, 'permissions.on-account-changed': 2 });
});
