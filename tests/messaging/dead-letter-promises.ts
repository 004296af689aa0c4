import { randomUUID } from 'node:crypto';
import { describe, expect, it } from '@jest/globals';
import { Failure } from '@sandgate/contracts';
import type { OutgoingEvent, RunningMessaging } from '@sandgate/messaging';
import { Registry } from 'prom-client';
import { eventually } from '../support/eventually.js';
import { type Bench, publishAll } from './bench.js';
import { aThing, manyThings, noted, published, ThingNoted } from './things.js';
import { keep, type Recorder, recorder } from './workshop.js';

/** Keeps what is in a fine mood, and fails on the rest. */
const moody = (failure: () => Error = () => new Error('in a bad mood')): Recorder =>
  recorder(noted, async (batch, tx) => {
    if (batch.some(({ data }) => data.mood === 'bad')) throw failure();
    await keep(
      tx,
      noted,
      batch.map(({ data }) => data),
    );
  });

const deadLetters = (messaging: RunningMessaging, count: number) =>
  eventually(async () => {
    const letters = await messaging.listDeadLetters(100);
    expect(letters).toHaveLength(count);
    return letters;
  });

const withBody = (body: string): OutgoingEvent => ({ ...published(aThing()), body });

export const promisesOfDeadLetters = (bench: Bench): void => {
  describe('dead letters', () => {
    it('retries what fails, ever later, and then dead-letters it with reason, code, consumer and attempts', async () => {
      const tries: number[] = [];
      const { subscription } = recorder(noted, async () => {
        tries.push(Date.now());
        throw new Error('cannot find alice@acme.example');
      });
      const messaging = bench.run({ subscriptions: [subscription], maxAttempts: 3 });
      const event = published(aThing({ thing: 'hopeless' }));
      const before = Date.now();

      await publishAll(bench, [event]);

      const [letter] = await deadLetters(messaging, 1);
      expect(letter).toEqual({
        id: event.id,
        consumer: noted,
        type: ThingNoted.type,
        subject: 'hopeless',
        code: 'event.attempts_exhausted',
        reason: 'internal_error: Error: cannot find <e-mail>',
        attempts: 3,
        diedAt: expect.any(String),
      });
      expect(Date.parse(letter?.diedAt ?? '')).toBeGreaterThanOrEqual(before - 1);
      expect(tries).toHaveLength(3);
      const [first = 0, second = 0, third = 0] = tries;
      // The delays are 20 and 60 ms; a timer may fire a little early.
      expect(second - first).toBeGreaterThanOrEqual(18);
      expect(third - second).toBeGreaterThanOrEqual(58);
    });

    it('handles what failed once, when it no longer fails', async () => {
      let failures = 0;
      const flaky = recorder(noted, async (batch, tx) => {
        if (failures++ === 0) throw new Error('not now');
        await keep(
          tx,
          noted,
          batch.map(({ data }) => data),
        );
      });
      const messaging = bench.run({ subscriptions: [flaky.subscription] });

      await publishAll(bench, [published(aThing({ thing: 'in the end' }))]);

      await eventually(async () => expect(await bench.workshop.kept(noted)).toMatchObject([{ thing: 'in the end' }]));
      expect(await messaging.listDeadLetters(10)).toEqual([]);
    });

    it('dead-letters at once what its handler refuses for good', async () => {
      const refusing = moody(
        () => new Error('wrapped', { cause: new Failure('event.malformed', { message: 'No such mood.' }) }),
      );
      const messaging = bench.run({ subscriptions: [refusing.subscription] });

      await publishAll(bench, [published(aThing({ mood: 'bad' }))]);

      expect(await deadLetters(messaging, 1)).toMatchObject([
        { code: 'event.malformed', reason: 'No such mood.', attempts: 1 },
      ]);
      expect(refusing.batches).toHaveLength(1);
    });

    it('dead-letters what is malformed at once, unseen by the handler, and handles its neighbours', async () => {
      const { workshop, run } = bench;
      const registry = new Registry();
      const { subscription, batches } = recorder(noted);
      const thing = aThing();
      const malformed = [
        withBody('{"half":'),
        withBody('null'),
        withBody(`"${'x'.repeat(5_000)}"`),
        published(thing, { specversion: '0.3' }),
        published(thing, { source: '/sandgate/dashboard' }),
        published(thing, { type: 'auth.thing-noted.v2' }),
        published(thing, { traceparent: 'none' }),
        published({ ...thing, version: 1.5 }),
        published({ ...thing, unexpected: 'field' } as ThingNoted),
        published({ thing: randomUUID(), version: 1 } as ThingNoted),
      ];
      const fine = manyThings(10);
      const messaging = run({ subscriptions: [subscription], registry });

      await publishAll(
        bench,
        fine.flatMap((one, i) => [published(one), malformed[i] as OutgoingEvent]),
      );

      const letters = await deadLetters(messaging, malformed.length);
      expect(letters.map(({ code, attempts }) => ({ code, attempts }))).toEqual(
        malformed.map(() => ({ code: 'event.malformed', attempts: 1 })),
      );
      expect(letters.map(({ reason }) => reason)).toEqual([
        'not JSON',
        expect.stringContaining('envelope'),
        '5002 bytes; at most 4096 are allowed',
        expect.stringContaining('envelope.specversion'),
        'the source is not /sandgate/auth',
        'the type is not auth.thing-noted.v1',
        expect.stringContaining('envelope.traceparent'),
        expect.stringContaining('data.version'),
        expect.stringContaining('unexpected'),
        expect.stringContaining('data.mood'),
      ]);
      await eventually(async () => expect(await workshop.kept(noted)).toHaveLength(10));
      expect(
        batches
          .flat()
          .map((one) => one.thing)
          .sort(),
      ).toEqual(fine.map((one) => one.thing));
      expect(await registry.metrics()).toContain(
        `sandgate_event_dead_letters_total{consumer="${noted}",code="event.malformed"} 10`,
      );
      expect(await registry.metrics()).toContain(`sandgate_dead_letters{consumer="${noted}"} 10`);
    });

    it('lets a poison message among a thousand harm no other', async () => {
      const { workshop, run } = bench;
      const sent = manyThings(1_000).map((thing, i) => (i === 500 ? { ...thing, mood: 'bad' as const } : thing));
      await publishAll(
        bench,
        sent.map((thing) => published(thing)),
      );

      const messaging = run({ subscriptions: [moody().subscription], maxAttempts: 3 });

      expect(await deadLetters(messaging, 1)).toMatchObject([{ subject: 'thing 00500', attempts: 3 }]);
      await eventually(async () => expect(await workshop.kept(noted)).toHaveLength(999));
    });

    it('applies an older event of a key when the newest cannot be handled', async () => {
      const { workshop, run } = bench;
      await publishAll(bench, [
        published(aThing({ thing: 'one', version: 1 })),
        published(aThing({ thing: 'one', version: 2 })),
        published(aThing({ thing: 'one', version: 3, mood: 'bad' })),
      ]);

      const messaging = run({ subscriptions: [moody().subscription], maxAttempts: 2 });

      await deadLetters(messaging, 1);
      expect(await workshop.kept(noted)).toMatchObject([{ thing: 'one', version: 2 }]);
    });

    it('re-drives all dead letters, with as many attempts as a new message', async () => {
      const { workshop, run } = bench;
      let mended = false;
      const handler = recorder(noted, async (batch, tx) => {
        if (!mended) throw new Error('broken');
        await keep(
          tx,
          noted,
          batch.map(({ data }) => data),
        );
      });
      const messaging = run({ subscriptions: [handler.subscription], maxAttempts: 2 });
      await publishAll(
        bench,
        manyThings(120).map((thing) => published(thing)),
      );
      await eventually(async () => expect(await messaging.listDeadLetters(1_000)).toHaveLength(120), {
        timeoutMs: 20_000,
      });

      expect(await messaging.redriveDeadLetters()).toBe(120);
      await eventually(async () => expect(await messaging.listDeadLetters(1_000)).toHaveLength(120), {
        timeoutMs: 20_000,
      });
      expect((await messaging.listDeadLetters(1))[0]).toMatchObject({ attempts: 2 });
      mended = true;
      expect(await messaging.redriveDeadLetters()).toBe(120);

      await eventually(async () => expect(await workshop.kept(noted)).toHaveLength(120));
      expect(await messaging.listDeadLetters(10)).toEqual([]);
    });

    it('re-drives only the dead letters that are named, and leaves the others in their order', async () => {
      const { run } = bench;
      const messaging = run({ subscriptions: [moody().subscription], maxAttempts: 1 });
      for (const thing of ['first', 'second', 'third', 'fourth']) {
        await publishAll(bench, [published(aThing({ thing, mood: 'bad' }))]);
        await eventually(async () => expect((await messaging.listDeadLetters(10)).at(-1)?.subject).toBe(thing));
      }
      const letters = await messaging.listDeadLetters(10);
      expect(letters.map(({ subject }) => subject)).toEqual(['first', 'second', 'third', 'fourth']);
      await messaging.stop();

      expect(
        await messaging.redriveDeadLetters([letters[1]?.id as string, letters[3]?.id as string, randomUUID()]),
      ).toBe(2);

      expect((await messaging.listDeadLetters(10)).map(({ subject }) => subject)).toEqual(['first', 'third']);
      expect(await messaging.redriveDeadLetters([])).toBe(0);
    });

    it('re-drives what was listed a moment ago', async () => {
      const messaging = bench.run({ subscriptions: [moody().subscription], maxAttempts: 1 });
      await publishAll(
        bench,
        manyThings(100).map((thing) => published({ ...thing, mood: 'bad' })),
      );
      await deadLetters(messaging, 100);
      await messaging.stop();

      const letters = await messaging.listDeadLetters(1_000);
      expect(await messaging.redriveDeadLetters(letters.map(({ id }) => id))).toBe(100);
    });

    it('loses no dead letter for having been listed often', async () => {
      const messaging = bench.run({ subscriptions: [moody().subscription], maxAttempts: 1 });
      await publishAll(bench, [published(aThing({ mood: 'bad' })), published(aThing({ mood: 'bad' }))]);
      await deadLetters(messaging, 2);

      for (let i = 0; i < 40; i++) await messaging.listDeadLetters(2);

      await deadLetters(messaging, 2);
    });
  });
};
