import { randomUUID } from 'node:crypto';
import { type SubscriptionName, subscriptions } from '@sandgate/contracts';
import { declareTopology } from '@sandgate/messaging';
import { findRabbitmq } from '@sandgate/tests';
import { type ChannelModel, connect } from 'amqplib';
import type { Closing } from './closing.js';

/** What bench itself does at the broker: fills queues beforehand, empties them between rounds. */
export interface BenchBroker {
  readonly url: string;
  /** Publishes to the exchange of all events, or to one queue; resolves when the broker has confirmed all. */
  publish(to: { routingKey: string } | { queue: string }, bodies: readonly string[]): Promise<void>;
  /** Messages that wait in a queue. */
  depth(queue: string): Promise<number>;
  /** Empties the queues of all subscriptions. */
  purge(): Promise<void>;
  /** A durable quorum queue for a bare consumer; `closing` deletes it. */
  makeQueue(closing: Closing): Promise<string>;
}

export const workQueueOf = (subscription: SubscriptionName): string => `sandgate.${subscription}`;
const workQueues = (Object.keys(subscriptions) as SubscriptionName[]).map(workQueueOf);

/** A broker for this run alone. Throws one sentence where AMQP_URL names one that somebody uses. */
export async function takeBroker(closing: Closing): Promise<BenchBroker> {
  const broker = await findRabbitmq();
  closing.add(() => broker.dispose());
  const model = await connect(broker.url);
  model.on('error', () => undefined); // whatever is under way rejects with it
  closing.add(() => model.close());
  await claim(model);
  await declareTopology({ url: broker.url });
  return {
    url: broker.url,
    publish: (to, bodies) => publish(model, to, bodies),
    depth: async (queue) => (await onChannel(model, (channel) => channel.checkQueue(queue))).messageCount,
    purge: () =>
      onChannel(
        model,
        async (channel) => void (await Promise.all(workQueues.map((queue) => channel.purgeQueue(queue)))),
      ),
    makeQueue: async (own) => {
      const queue = `sandgate-bench.${randomUUID()}`;
      await onChannel(model, (channel) =>
        channel.assertQueue(queue, { durable: true, arguments: { 'x-queue-type': 'quorum' } }),
      );
      own.add(() => onChannel(model, (channel) => channel.deleteQueue(queue)));
      return queue;
    },
  };
}

/** Bench empties queues: it must be the only one who uses them. The exclusive queue keeps a second bench away while this one lives. */
async function claim(model: ChannelModel): Promise<void> {
  const taken = new Error(
    'The broker of AMQP_URL is in use by a Sandgate or another bench: give bench a broker or virtual host of its own.',
  );
  const channel = await model.createChannel();
  channel.on('error', () => undefined); // the call under way rejects with it
  await channel.assertQueue('sandgate-bench', { exclusive: true }).catch((cause: unknown) => {
    throw Object.assign(taken, { cause });
  });
  for (const queue of workQueues) {
    const found = await onChannel(model, (own) => own.checkQueue(queue)).catch(() => undefined); // there is none
    if (found && found.messageCount + found.consumerCount > 0) throw taken;
  }
}

type Channel = Awaited<ReturnType<ChannelModel['createChannel']>>;

async function onChannel<T>(model: ChannelModel, work: (channel: Channel) => Promise<T>): Promise<T> {
  const channel = await model.createChannel();
  channel.on('error', () => undefined); // the call under way rejects with it
  const result = await work(channel);
  await channel.close();
  return result;
}

const window = 500;

async function publish(
  model: ChannelModel,
  to: { routingKey: string } | { queue: string },
  bodies: readonly string[],
): Promise<void> {
  const channel = await model.createConfirmChannel();
  const [exchange, key] = 'queue' in to ? ['', to.queue] : ['sandgate.events', to.routingKey];
  const options = { persistent: true, contentType: 'application/cloudevents+json' };
  for (let at = 0; at < bodies.length; at += window) {
    for (const body of bodies.slice(at, at + window)) channel.publish(exchange, key, Buffer.from(body), options);
    await channel.waitForConfirms();
  }
  await channel.close();
}
