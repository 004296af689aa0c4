import { describe, expect, it } from '@jest/globals';
import { createOutbox } from '@sandgate/messaging';
import { eventually } from '../support/eventually.js';
import { type Bench, publishAll } from './bench.js';
import {
  alsoNoted,
  aThing,
  counted,
  intoOutbox,
  manyThings,
  noted,
  published,
  ThingCounted,
  ThingNoted,
} from './things.js';
import { keep, recorder } from './workshop.js';

const waitForNothing = async (bench: Bench, queue: string): Promise<void> => {
  // What comes last is handled last.
  const last = aThing({ thing: 'zzz' });
  await publishAll(bench, [published(last)]);
  await eventually(async () => expect((await bench.workshop.kept(queue)).at(-1)?.thing).toBe('zzz'));
};

export const promisesOfHandling = (bench: Bench): void => {
  describe('handling', () => {
    it('keeps the order of the events of one subject', async () => {
      const { workshop, run } = bench;
      const { subscription, batches } = recorder(noted);
      const each = ({ thing, version }: ThingNoted) => ({ key: `${thing} ${version}`, version });
      const versions = Array.from({ length: 500 }, (_, i) => i + 1);
      await intoOutbox(
        workshop.database,
        ThingNoted,
        versions.map((version) => aThing({ thing: `thing ${version % 3}`, version })),
      );

      run({ subscriptions: [{ ...subscription, newestPer: each, handle: recording(batches) }] });

      await eventually(() => expect(batches.flat().map(({ version }) => version)).toEqual(versions));
    });

    it('collapses a backlog to the newest of each key', async () => {
      const { workshop, run } = bench;
      const { subscription, batches } = recorder(noted);
      const versions = Array.from({ length: 1_000 }, (_, i) => i + 1);
      await publishAll(
        bench,
        versions.map((version) => published(aThing({ thing: 'one', version }))),
      );

      run({ subscriptions: [subscription] });

      await eventually(async () =>
        expect(await workshop.kept(noted)).toMatchObject([{ thing: 'one', version: 1_000 }]),
      );
      expect(batches.flat().length).toBeLessThan(500);
      for (const batch of batches) expect(batch).toHaveLength(1);
    });

    it('applies an event once, however often it is delivered', async () => {
      const { workshop, run } = bench;
      const events = manyThings(50).map((thing) => published(thing));
      run({ subscriptions: [recorder(noted).subscription] });

      for (let i = 0; i < 5; i++) await publishAll(bench, events);
      await waitForNothing(bench, noted);

      const kept = await workshop.kept(noted);
      expect(kept).toHaveLength(51);
      expect(kept.filter(({ raised }) => raised !== 1)).toEqual([]);
    });

    it('keeps nothing of what a failing handler has written, and publishes none of it', async () => {
      const { workshop, run } = bench;
      const outbox = createOutbox();
      const fails = recorder(noted, async (batch, tx) => {
        await keep(
          tx,
          noted,
          batch.map(({ data }) => data),
        );
        const counts = batch.map(({ data: { thing, version } }) => ({ subject: thing, data: { thing, version } }));
        await outbox.add(tx, ThingCounted, counts, batch[0]?.traceparent ?? '');
        if (batch.some(({ data }) => data.mood === 'bad')) throw new Error('in a bad mood');
      });
      const counter = recorder(counted);
      const messaging = run({ outbox, subscriptions: [fails.subscription], maxAttempts: 2 });
      run({ service: 'permissions', subscriptions: [counter.subscription, recorder(alsoNoted).subscription] });

      await publishAll(bench, [published(aThing({ thing: 'bad', mood: 'bad' })), published(aThing({ thing: 'fine' }))]);

      await eventually(async () => expect(await messaging.listDeadLetters(10)).toHaveLength(1));
      await eventually(async () => expect(await workshop.kept(counted)).toMatchObject([{ thing: 'fine' }]));
      expect(await workshop.kept(noted)).toMatchObject([{ thing: 'fine' }]);
      expect(counter.batches.flat()).toHaveLength(1);
    });

    it('shares the messages of a queue between two consumers', async () => {
      const { workshop, carrier, run } = bench;
      const [one, other] = [recorder(noted), recorder(noted)];
      const sent = manyThings(2_000);
      run({ subscriptions: [one.subscription] });
      run({ subscriptions: [other.subscription] });

      await publishAll(
        bench,
        sent.map((thing) => published(thing)),
      );

      await eventually(async () => expect(await workshop.kept(noted)).toHaveLength(sent.length));
      expect([...one.batches, ...other.batches].flat()).toHaveLength(sent.length);
      expect(carrier).toBeDefined();
    });

    it('finishes what is in hand before it stops, so that it is not delivered again', async () => {
      const { workshop, run } = bench;
      let letGo = (): void => undefined;
      const held = new Promise<void>((resolve) => {
        letGo = resolve;
      });
      const slow = recorder(noted, async (batch, tx) => {
        await held;
        await keep(
          tx,
          noted,
          batch.map(({ data }) => data),
        );
      });
      const messaging = run({ subscriptions: [slow.subscription] });
      await publishAll(bench, [published(aThing({ thing: 'slow' }))]);
      await eventually(() => expect(slow.batches).toHaveLength(1));

      const stopped = messaging.stop();
      letGo();
      await stopped;

      expect(await workshop.kept(noted)).toMatchObject([{ thing: 'slow' }]);
      const next = recorder(noted);
      run({ subscriptions: [next.subscription] });
      await waitForNothing(bench, noted);
      expect(next.batches.flat()).toMatchObject([{ thing: 'zzz' }]);
    });

    it('takes nothing more once it is told to stop', async () => {
      const { workshop, run } = bench;
      const messaging = run({ subscriptions: [recorder(noted).subscription] });
      await waitForNothing(bench, noted);
      await messaging.stop();

      await publishAll(bench, [published(aThing({ thing: 'too late' }))]);

      const next = recorder(noted);
      run({ subscriptions: [next.subscription] });
      await eventually(() => expect(next.batches.flat()).toMatchObject([{ thing: 'too late' }]));
      await eventually(async () => expect(await workshop.kept(noted)).toHaveLength(2));
    });
  });
};

/** Remembers what it is given, and writes nothing. */
const recording =
  (batches: ThingNoted[][]) =>
  async (batch: readonly { data: ThingNoted }[]): Promise<void> => {
    batches.push(batch.map(({ data }) => data));
  };
