import { type Channel, type ChannelModel, connect } from 'amqplib';
import { contractTopology, type Topology } from '../topology.js';
import {
  deadQueue,
  defaultLayout,
  eventsExchange,
  queuesExchange,
  type RabbitmqLayout,
  retryQueue,
  workQueue,
} from './names.js';

/** No queue that is only parked in or looked through may lose a message for having been looked at often; RabbitMQ 4 would after 20 times. */
const unlimitedDeliveries = 2_147_483_647;

/**
 * Declares every exchange, queue and binding. A user who may declare nothing relies on the one-off that has (see `declareTopology`), and it is
 * made sure that all is there.
 */
export const declareOn = (model: ChannelModel, layout: RabbitmqLayout, topology: Topology): Promise<void> =>
  declareAll(model, layout, topology).catch((error: { code?: unknown }) => {
    if (error.code !== accessRefused) throw error;
    return requireAll(model, layout, topology);
  });

/** AMQP 0-9-1, constants. */
const accessRefused = 403;

/** Throws when something is missing. Looking takes no rights. */
async function requireAll(model: ChannelModel, layout: RabbitmqLayout, topology: Topology): Promise<void> {
  const channel = await openChannel(model);
  await channel.checkExchange(eventsExchange(layout));
  await channel.checkExchange(queuesExchange(layout));
  for (const queue of Object.keys(topology.subscriptions))
    for (const name of queuesFor(layout, queue)) await channel.checkQueue(name);
  await channel.close();
}

const queuesFor = (layout: RabbitmqLayout, queue: string): string[] => [
  workQueue(layout, queue),
  deadQueue(layout, queue),
  ...layout.retryDelaysMs.map((delay) => retryQueue(layout, queue, delay)),
];

async function openChannel(model: ChannelModel): Promise<Channel> {
  const channel = await model.createChannel();
  // The call under way rejects with the same error.
  channel.on('error', () => undefined);
  return channel;
}

/**
 * What exists as it should be is left alone. Arguments mean the same on RabbitMQ 3.10 to 4.
 * Without `at-least-once` the broker itself may lose a message on the way to its dead letters; that in turn needs `reject-publish`.
 */
async function declareAll(model: ChannelModel, layout: RabbitmqLayout, topology: Topology): Promise<void> {
  const channel = await openChannel(model);
  await channel.assertExchange(eventsExchange(layout), 'topic', { durable: true });
  await channel.assertExchange(queuesExchange(layout), 'topic', { durable: true });
  for (const [queue, event] of Object.entries(topology.subscriptions)) {
    const work = workQueue(layout, queue);
    await declareQueue(channel, layout, deadQueue(layout, queue), { 'x-delivery-limit': unlimitedDeliveries });
    await declareQueue(channel, layout, work, {
      'x-delivery-limit': layout.deliveryLimit,
      ...deadLetteredTo(layout, deadQueue(layout, queue)),
    });
    for (const delay of layout.retryDelaysMs) {
      const resting = {
        'x-delivery-limit': unlimitedDeliveries,
        'x-message-ttl': delay,
        ...deadLetteredTo(layout, work),
      };
      await declareQueue(channel, layout, retryQueue(layout, queue, delay), resting);
    }
    await channel.bindQueue(work, eventsExchange(layout), event.type);
  }
  await channel.close();
}

const deadLetteredTo = (layout: RabbitmqLayout, queue: string): Record<string, string> => ({
  'x-dead-letter-exchange': queuesExchange(layout),
  'x-dead-letter-routing-key': queue,
  'x-dead-letter-strategy': 'at-least-once',
  'x-overflow': 'reject-publish',
});

async function declareQueue(
  channel: Channel,
  layout: RabbitmqLayout,
  name: string,
  settings: Record<string, string | number>,
): Promise<void> {
  await channel.assertQueue(name, { durable: true, arguments: { 'x-queue-type': 'quorum', ...settings } });
  await channel.bindQueue(name, queuesExchange(layout), name);
}

/** Connects and declares everything once: the one-off that prepares a broker for service users, who may not make anything new. */
export async function declareTopology({
  url,
  ...layout
}: { readonly url: string } & Partial<RabbitmqLayout>): Promise<void> {
  const model = await connect(url, { timeout: 10_000 });
  // What was asked for rejects with the same error.
  model.on('error', () => undefined);
  await declareAll(model, { ...defaultLayout, ...layout }, contractTopology).finally(() => model.close());
}
