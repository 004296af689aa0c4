import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { createOutbox, type Transport } from '@sandgate/messaging';
import { type ChannelModel, connect } from 'amqplib';
import { Registry } from 'prom-client';
import { eventually } from '../support/eventually.js';
import { rabbitmq } from '../support/rabbitmq.js';
import { type RabbitmqCarrier, rabbitmqCarrier } from './rabbitmq-carrier.js';
import { aThing, intoOutbox, manyThings, noted, published, ThingNoted, things } from './things.js';
import { describeTransport } from './transport-suite.js';
import { openWorkshop, recorder, runService, type Workshop } from './workshop.js';

describeTransport('RabbitMQ', rabbitmqCarrier);

describe('RabbitMQ in trouble', () => {
  let workshop: Workshop;
  let carrier: RabbitmqCarrier;
  let transport: Transport;
  let operator: ChannelModel;
  beforeEach(async () => {
    workshop = await openWorkshop();
    carrier = await rabbitmqCarrier(workshop);
    transport = carrier.transport({ topology: things });
    operator = await connect(rabbitmq().url);
  });
  afterEach(async () => {
    await operator.close();
    await workshop.close();
  });

  const deleteQueue = async (queue: string): Promise<void> => {
    const channel = await operator.createChannel();
    await channel.deleteQueue(`${carrier.namespace}.${queue}`);
    await channel.close();
  };
  const ready = (messaging: { readiness(): Promise<unknown> }): Promise<void> =>
    eventually(async () => expect(await messaging.readiness()).toEqual({ ready: true }));

  it('consumes again, by itself, after its queue was deleted', async () => {
    const messaging = runService(workshop, { transport, subscriptions: [recorder(noted).subscription] });
    await ready(messaging);

    await deleteQueue(noted);

    await eventually(async () => {
      await intoOutbox(workshop.database, ThingNoted, [aThing()]);
      expect((await workshop.kept(noted)).length).toBeGreaterThan(0);
    });
    await ready(messaging);
  });

  it('gets what a wake brings without anybody reading the outbox', async () => {
    const outbox = createOutbox();
    await ready(runService(workshop, { transport, outbox, subscriptions: [recorder(noted).subscription] }));
    let letGo = (): void => undefined;
    const held = new Promise<void>((resolve) => {
      letGo = resolve;
    });
    const rows = await intoOutbox(workshop.database, ThingNoted, [aThing({ thing: 'at hand' })]);
    // No relay can claim a row that is locked.
    const locking = workshop.database.$transaction(async (tx) => {
      await tx.$queryRaw`select from outbox for update`;
      outbox.wake(rows);
      await held;
    });

    const arrived = eventually(async () => expect(await workshop.kept(noted)).toHaveLength(1));
    await arrived.finally(letGo);

    await locking;
    await eventually(async () => expect(await workshop.waitingInOutbox()).toBe(0));
  });

  it('takes a redelivered message alone, also where others wait behind it', async () => {
    const names = (things: readonly { thing: string }[]) => things.map(({ thing }) => thing);
    const [suspects, others] = [
      manyThings(3),
      [aThing({ thing: 'x' }), aThing({ thing: 'y' }), aThing({ thing: 'z' })],
    ];
    const publish = async (things: readonly ThingNoted[]) =>
      eventually(async () =>
        expect(
          await transport.publish(
            things.map((thing) => published(thing)),
            workshop.database,
          ),
        ).toEqual([]),
      );
    await publish(suspects);
    const holder = await operator.createChannel();
    for (const _ of suspects)
      await eventually(async () => expect(await holder.get(`${carrier.namespace}.${noted}`)).toBeTruthy());
    let letGo = (): void => undefined;
    const held = new Promise<void>((resolve) => {
      letGo = resolve;
    });
    const { subscription, batches } = recorder(noted, () => held);
    runService(workshop, { transport, subscriptions: [subscription] });
    await publish([aThing({ thing: 'first' })]);
    await eventually(() => expect(batches).toHaveLength(1));

    await holder.close();
    await publish(others);
    await eventually(async () => {
      const channel = await operator.createChannel();
      const { messageCount } = await channel.checkQueue(`${carrier.namespace}.${noted}`);
      await channel.close();
      expect(messageCount).toBe(0);
    });
    letGo();

    await eventually(() => expect(batches.flat()).toHaveLength(7));
    const withSuspects = batches.filter((batch) => batch.some(({ thing }) => names(suspects).includes(thing)));
    expect(withSuspects).toHaveLength(3);
  });

  it('publishes nothing into a void: what finds no queue is published again when there is one', async () => {
    const publishing = runService(workshop, { transport, service: 'auth' });
    await ready(publishing);
    await deleteQueue(noted);
    await deleteQueue('permissions.on-thing-noted');

    await intoOutbox(workshop.database, ThingNoted, manyThings(20));
    await eventually(async () => expect(await workshop.waitingInOutbox()).toBe(0));

    runService(workshop, { transport, subscriptions: [recorder(noted).subscription] });
    await eventually(async () => expect(await workshop.kept(noted)).toHaveLength(20));
  });

  it('keeps in the outbox what the broker does not confirm', async () => {
    const registry = new Registry();
    const impatient = carrier.transport({ topology: things, confirmTimeoutMs: 1_000 });
    const messaging = runService(workshop, {
      transport: impatient,
      registry,
      subscriptions: [recorder(noted).subscription],
    });
    await ready(messaging);
    expect(await impatient.publish([published(aThing())], workshop.database)).toEqual([]);
    carrier.wire.mute();

    const refusals = await impatient.publish([published(aThing())], workshop.database);
    await intoOutbox(workshop.database, ThingNoted, [aThing({ thing: 'unheard' })]);

    expect(refusals).toMatchObject([{ reason: 'the broker did not confirm it in time' }]);
    await eventually(async () =>
      expect(await registry.metrics()).toMatch(/publish_failures_total\{service="directory"\} [1-9]/),
    );
    expect(await workshop.waitingInOutbox()).toBe(1);
    carrier.wire.restore();
    await eventually(async () =>
      expect(await workshop.kept(noted)).toContainEqual(expect.objectContaining({ thing: 'unheard' })),
    );
    await eventually(async () => expect(await workshop.waitingInOutbox()).toBe(0));
  });

  it('loses no message whose dead-letter queue is missing', async () => {
    const failing = recorder(noted, async () => {
      throw new Error('never');
    });
    const messaging = runService(workshop, { transport, subscriptions: [failing.subscription], maxAttempts: 1 });
    await ready(messaging);
    await deleteQueue(`${noted}.dead`);

    await intoOutbox(workshop.database, ThingNoted, [aThing({ thing: 'poison' })]);

    // One that is confirmed too late is put aside again, so that it may lie there twice.
    await eventually(async () => {
      const subjects = (await messaging.listDeadLetters(10)).map(({ subject }) => subject);
      expect([...new Set(subjects)]).toEqual(['poison']);
    });
  });

  it('says what is wrong when an exchange of its name has another type, and publishes nothing', async () => {
    const channel = await operator.createChannel();
    const other = await rabbitmqCarrier(workshop);
    await channel.assertExchange(`${other.namespace}.events`, 'fanout', { durable: true });
    const misled = other.transport({ topology: things });

    const messaging = runService(workshop, { transport: misled, service: 'auth' });
    await intoOutbox(workshop.database, ThingNoted, [aThing()]);

    await eventually(async () => expect((await messaging.readiness()).missing).toContain('PRECONDITION_FAILED'));
    expect(await workshop.waitingInOutbox()).toBe(1);
    await channel.deleteExchange(`${other.namespace}.events`);
    await eventually(async () => expect(await workshop.waitingInOutbox()).toBe(0));
  });
});
