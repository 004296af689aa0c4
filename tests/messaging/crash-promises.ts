import { randomUUID } from 'node:crypto';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from '@jest/globals';
import { type EventData, UserLoggedIn } from '@sandgate/contracts';
import { createOutbox, nextTraceparent, type Transport } from '@sandgate/messaging';
import { eventually } from '../support/eventually.js';
import { type ServiceProcess, spawnService } from '../support/spawn-service.js';
import type { Bench } from './bench.js';
import { deliveryLimit } from './carrier.js';
import { runService } from './workshop.js';

const queue = 'directory.on-user-logged-in';
const program = fileURLToPath(new URL('consumer-process.mjs', import.meta.url));

const aSignIn = (firstName: string): EventData<typeof UserLoggedIn> => ({
  accountId: randomUUID(),
  claimsVersion: 1,
  email: 'somebody@acme.example',
  firstName,
  lastName: 'Somebody',
  attributes: {},
  groups: [],
  firstAdministrator: false,
});

/** A process that consumes the queue, started again whenever it dies, as a container is. */
const keepAlive = (bench: Bench): { deaths(): number; stop(): Promise<void> } => {
  let deaths = 0;
  let current: ServiceProcess | undefined;
  let stopping = false;
  const env = { ...bench.carrier.childEnv, DATABASE_URL: bench.workshop.url };
  const running = (async () => {
    while (!stopping) {
      current = await spawnService(program, { env });
      const ended = await current.exited;
      if (ended === 'signal SIGKILL') deaths++;
      else if (!stopping) throw new Error(`The consumer ended with ${ended}: ${current.output()}`);
    }
  })();
  return {
    deaths: () => deaths,
    async stop() {
      stopping = true;
      await current?.kill();
      await running;
    },
  };
};

const publishSignIns = async (
  { workshop }: Bench,
  transport: Transport,
  signIns: readonly EventData<typeof UserLoggedIn>[],
) => {
  const outbox = createOutbox();
  runService(workshop, { transport, service: 'auth', outbox });
  const entries = signIns.map((data) => ({ subject: data.accountId, data }));
  await workshop.database.$transaction((tx) => outbox.add(tx, UserLoggedIn, entries, nextTraceparent()));
  outbox.wake();
  await eventually(async () => expect(await workshop.waitingInOutbox()).toBe(0));
};

export const promisesOfCrashes = (bench: Bench): void => {
  describe('a process that is killed', () => {
    it('has what it had in hand delivered again', async () => {
      const { workshop } = bench;
      const signIns = [...Array.from({ length: 300 }, () => aSignIn('Ada')), aSignIn('Kills once'), aSignIn('Grace')];
      await publishSignIns(bench, bench.carrier.transport(), signIns);

      const consumer = keepAlive(bench);

      await eventually(async () => expect(await workshop.kept(queue)).toHaveLength(signIns.length), {
        timeoutMs: 60_000,
      });
      await consumer.stop();
      expect(consumer.deaths()).toBe(1);
    });

    it('dead-letters the message that kills it, and that one alone', async () => {
      const { workshop } = bench;
      const publisher = bench.carrier.transport();
      const signIns = Array.from({ length: 1_000 }, (_, i) => aSignIn(i === 500 ? 'Kills' : 'Ada'));
      await publishSignIns(bench, publisher, signIns);

      const consumer = keepAlive(bench);

      const others = signIns.filter(({ firstName }) => firstName !== 'Kills').map(({ accountId }) => accountId);
      await eventually(async () => expect(await workshop.kept(queue)).toHaveLength(others.length), {
        timeoutMs: 90_000,
      });
      const letters = await eventually(async () => {
        const found = await publisher.listDeadLetters(queue, 100, workshop.database);
        expect(found).toHaveLength(1);
        return found;
      });
      await consumer.stop();
      expect(letters).toMatchObject([
        { subject: signIns[500]?.accountId, code: 'event.consumer_died', consumer: queue, attempts: deliveryLimit + 1 },
      ]);
      expect(consumer.deaths()).toBe(deliveryLimit + 1);
    });
  });
};
