import { randomBytes } from 'node:crypto';
import { contractTopology, rabbitmqTransport, type Topology, type Transport } from '@sandgate/messaging';
import { connect } from 'amqplib';
import { rabbitmq } from '../support/rabbitmq.js';
import { startTcpProxy, type TcpProxy } from '../support/tcp-proxy.js';
import { type Carrier, deliveryLimit, retryDelaysMs } from './carrier.js';
import { things } from './things.js';
import { log, type Workshop } from './workshop.js';

export interface RabbitmqCarrier extends Carrier {
  /** Begins the names of all queues. */
  readonly namespace: string;
  /** Between the transports and the broker. */
  readonly wire: TcpProxy;
  /** As a process makes it. Unless told it waits long for a broker that stalls: what is confirmed too late is published twice. */
  transport(settings?: { topology?: Topology; confirmTimeoutMs?: number }): Transport;
}

/** The run's broker, behind a wire of the test's own, with queues of the test's own. */
export const rabbitmqCarrier = async ({ onClose }: Workshop): Promise<RabbitmqCarrier> => {
  const namespace = `test-${randomBytes(4).toString('hex')}`;
  const broker = new URL(rabbitmq().url);
  const wire = await startTcpProxy({ host: broker.hostname, port: Number(broker.port || 5672) });
  onClose(() => wire.close());
  onClose(() => removeQueues(namespace));
  const direct = { url: broker.href, namespace, retryDelaysMs, deliveryLimit };
  const url = new URL(broker);
  url.hostname = '127.0.0.1';
  url.port = String(wire.port);
  return {
    namespace,
    wire,
    transport: (more = {}) => {
      const transport = rabbitmqTransport({ ...direct, confirmTimeoutMs: 30_000, ...more, url: url.href, log });
      onClose(() => transport.close());
      return transport;
    },
    away: async () => wire.cut(),
    back: async () => wire.restore(),
    childEnv: { TRANSPORT: 'rabbitmqTransport', SETTINGS: JSON.stringify(direct) },
  };
};

const removeQueues = async (namespace: string): Promise<void> => {
  const model = await connect(rabbitmq().url);
  const channel = await model.createChannel();
  for (const queue of [things, contractTopology].flatMap(queuesOf)) await channel.deleteQueue(`${namespace}.${queue}`);
  for (const exchange of ['events', 'queues']) await channel.deleteExchange(`${namespace}.${exchange}`);
  await model.close();
};

const queuesOf = ({ subscriptions }: Topology): string[] =>
  Object.keys(subscriptions).flatMap((queue) => [
    queue,
    `${queue}.dead`,
    ...retryDelaysMs.map((ms) => `${queue}.retry.${ms}ms`),
  ]);
