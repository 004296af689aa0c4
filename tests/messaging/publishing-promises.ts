import { describe, expect, it } from '@jest/globals';
import { createOutbox } from '@sandgate/messaging';
import { Registry } from 'prom-client';
import { eventually } from '../support/eventually.js';
import type { Bench } from './bench.js';
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
import { recorder } from './workshop.js';

const names = (kept: readonly { thing: string }[]): string[] => kept.map(({ thing }) => thing);

export const promisesOfPublishing = (bench: Bench): void => {
  describe('publishing', () => {
    it('delivers every event to every queue of its type, and to no other', async () => {
      const { workshop, run } = bench;
      const sent = manyThings(600);
      run({ subscriptions: [recorder(noted).subscription] });
      run({
        service: 'permissions',
        subscriptions: [recorder(alsoNoted).subscription, recorder(counted).subscription],
      });

      await intoOutbox(workshop.database, ThingNoted, sent);
      await intoOutbox(workshop.database, ThingCounted, [{ thing: 'a number', version: 7 }]);

      await eventually(async () => {
        expect(names(await workshop.kept(noted))).toEqual(names(sent));
        expect(names(await workshop.kept(alsoNoted))).toEqual(names(sent));
        expect(await workshop.kept(counted)).toEqual([{ thing: 'a number', version: 7, raised: 1 }]);
        expect(await workshop.waitingInOutbox()).toBe(0);
      });
    });

    it('loses nothing that is committed while nothing can be published', async () => {
      const { workshop, carrier, run } = bench;
      const sent = manyThings(300);
      const messaging = run({ subscriptions: [recorder(noted).subscription] });
      await eventually(async () => expect(await messaging.readiness()).toEqual({ ready: true }));
      await carrier.away();
      await intoOutbox(workshop.database, ThingNoted, sent);
      await eventually(async () => expect((await messaging.readiness()).ready).toBe(false));
      expect(await workshop.waitingInOutbox()).toBe(300);

      await carrier.back();

      await eventually(async () => expect(names(await workshop.kept(noted))).toEqual(names(sent)), {
        timeoutMs: 20_000,
      });
      await eventually(async () => expect(await workshop.waitingInOutbox()).toBe(0));
    });

    it('refuses to publish what no queue takes', async () => {
      const { workshop, transport } = bench;
      const lost = { ...published(aThing()), type: 'auth.thing-nobody-wants.v1' };
      const wanted = published(aThing());

      const refusals = await eventually(() =>
        workshop.database.$transaction((tx) => transport.publish([lost, wanted], tx)),
      );

      expect(refusals).toEqual([{ id: lost.id, reason: 'no queue takes auth.thing-nobody-wants.v1' }]);
    });

    it('keeps in the outbox what cannot be published, and publishes the rest', async () => {
      const { workshop, run } = bench;
      await intoOutbox(workshop.database, { ...ThingNoted, type: 'auth.thing-unheard-of.v1' }, [aThing()]);
      await intoOutbox(workshop.database, ThingNoted, [aThing({ thing: 'behind it' })]);

      run({ subscriptions: [recorder(noted).subscription] });

      await eventually(async () => expect(names(await workshop.kept(noted))).toEqual(['behind it']));
      await eventually(async () => expect(await workshop.waitingInOutbox()).toBe(1));
    });

    it('publishes nothing of a transaction that is rolled back', async () => {
      const { workshop, run } = bench;
      const { subscription, batches } = recorder(noted);
      run({ subscriptions: [subscription] });

      const changed = workshop.database.$transaction(async (tx) => {
        await intoOutbox(tx, ThingNoted, [aThing({ thing: 'never happened' })]);
        throw new Error('changed my mind');
      });
      await expect(changed).rejects.toThrow('changed my mind');
      await intoOutbox(workshop.database, ThingNoted, [aThing({ thing: 'happened' })]);

      await eventually(async () => expect(names(await workshop.kept(noted))).toEqual(['happened']));
      expect(batches.flat()).toHaveLength(1);
    });

    it('publishes each event once while two relays work on one outbox', async () => {
      const { workshop, carrier, run } = bench;
      const { subscription, batches } = recorder(noted);
      const sent = manyThings(3_000);
      await intoOutbox(workshop.database, ThingNoted, sent);

      run({ subscriptions: [subscription] });
      run({ service: 'auth' });

      await eventually(async () => expect(await workshop.waitingInOutbox()).toBe(0));
      await eventually(async () => expect(names(await workshop.kept(noted))).toEqual(names(sent)));
      expect(batches.flat()).toHaveLength(sent.length);
      expect(carrier).toBeDefined();
    });

    it('publishes each event once that a wake brings to one of two relays on one outbox', async () => {
      const { workshop, run } = bench;
      const { subscription, batches } = recorder(noted);
      const outboxes = [createOutbox(), createOutbox()] as const;
      // Nothing here depends on polling, after which one takes for left behind what the other still has in hand.
      const pollMs = 60_000;
      const relays = [
        run({ outbox: outboxes[0], pollMs, subscriptions: [subscription] }),
        run({ outbox: outboxes[1], pollMs, service: 'auth' }),
      ];
      for (const relay of relays)
        await eventually(async () => expect(await relay.readiness()).toEqual({ ready: true }));
      const sent = manyThings(1_200);
      for (let at = 0; at < sent.length; at += 2) {
        const outbox = outboxes[(at / 2) % 2 === 0 ? 0 : 1];
        outbox.wake(await intoOutbox(workshop.database, ThingNoted, sent.slice(at, at + 2)));
      }

      await eventually(async () => expect(await workshop.waitingInOutbox()).toBe(0));
      await eventually(async () => expect(names(await workshop.kept(noted))).toEqual(names(sent)));
      expect(batches.flat()).toHaveLength(sent.length);
    });

    it('reads from the outbox what a wake brought that could not be published', async () => {
      const { workshop, carrier, run } = bench;
      const outbox = createOutbox();
      const messaging = run({ outbox, subscriptions: [recorder(noted).subscription] });
      await eventually(async () => expect(await messaging.readiness()).toEqual({ ready: true }));
      await carrier.away();
      await eventually(async () => expect((await messaging.readiness()).ready).toBe(false));
      const sent = manyThings(300);
      for (const thing of sent) outbox.wake(await intoOutbox(workshop.database, ThingNoted, [thing]));
      expect(await workshop.waitingInOutbox()).toBe(300);

      await carrier.back();

      await eventually(async () => expect(names(await workshop.kept(noted))).toEqual(names(sent)), {
        timeoutMs: 20_000,
      });
      await eventually(async () => expect(await workshop.waitingInOutbox()).toBe(0));
    });

    it('shows the rows of the outbox, the age of the oldest, and what was published', async () => {
      const { workshop, carrier, run } = bench;
      const registry = new Registry();
      run({ service: 'auth', registry });
      await intoOutbox(workshop.database, ThingNoted, manyThings(3));
      await eventually(async () =>
        expect(await registry.metrics()).toContain(
          'sandgate_events_published_total{service="auth",type="auth.thing-noted.v1"} 3',
        ),
      );
      await carrier.away();

      await intoOutbox(workshop.database, ThingNoted, manyThings(2));

      await eventually(async () => {
        const metrics = await registry.metrics();
        expect(metrics).toContain('sandgate_outbox_rows{service="auth"} 2');
        expect(metrics).toMatch(/sandgate_outbox_oldest_seconds\{service="auth"\} 0\.\d*[1-9]/);
      });
    });
  });
};
