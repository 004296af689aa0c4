import type { Logger } from 'pino';
import { contractTopology, type Topology } from '../topology.js';
import type { OutgoingEvent, Transport } from '../transport.js';
import { keepConnected } from './connection.js';
import { startConsumer } from './consumer.js';
import { countDeadLetters, listDeadLetters, redriveDeadLetters } from './dead-letters.js';
import { declareOn } from './declare-topology.js';
import type { OutgoingMessage } from './message.js';
import { defaultLayout, eventsExchange, type RabbitmqLayout } from './names.js';
import { createPublisher } from './publisher.js';

export interface RabbitmqTransportOptions extends Partial<RabbitmqLayout> {
  /** amqp:// or amqps://, with the user of the service. */
  readonly url: string;
  readonly log: Logger;
  /** Shown by the broker beside the connections. */
  readonly name?: string;
  readonly topology?: Topology;
  /** Milliseconds that the broker has to confirm a window of messages. */
  readonly confirmTimeoutMs?: number;
}

/**
 * Events through RabbitMQ 3.10 or later. Connects in the background and again after every loss; each time it declares the whole topology before
 * anything is published. Publishing and consuming have a connection each: an alarm of the broker stalls publishers only.
 */
export function rabbitmqTransport(options: RabbitmqTransportOptions): Transport {
  const { url, log, name = 'sandgate', topology = contractTopology, confirmTimeoutMs = 5_000 } = options;
  const layout: RabbitmqLayout = {
    namespace: options.namespace ?? defaultLayout.namespace,
    retryDelaysMs: options.retryDelaysMs ?? defaultLayout.retryDelaysMs,
    deliveryLimit: options.deliveryLimit ?? defaultLayout.deliveryLimit,
  };
  const declare: Parameters<typeof keepConnected>[0]['prepare'] = (model) => declareOn(model, layout, topology);
  const publishing = keepConnected({ url, name: `${name} publishes`, prepare: declare, log });
  const consuming = keepConnected({ url, name: `${name} consumes`, prepare: declare, log });
  const publisher = createPublisher({ connection: publishing, declare, userId: userOf(url), confirmTimeoutMs });
  const toMessage = ({ id, type, body }: OutgoingEvent): OutgoingMessage => ({
    exchange: eventsExchange(layout),
    routingKey: type,
    content: Buffer.from(body),
    id,
    type,
    headers: {},
  });

  return {
    topology,
    queues: 'broker',
    publish: (events) => publisher.publish(events.map(toMessage)),
    published: () => undefined,
    consume: (consumption) => startConsumer({ ...consumption, layout, connection: consuming, publisher, declare, log }),
    countDeadLetters: async (queue) => countDeadLetters(consuming.usable(), layout, queue),
    listDeadLetters: async (queue, limit) => listDeadLetters(consuming.usable(), layout, queue, limit),
    redriveDeadLetters: async (queue, ids) =>
      redriveDeadLetters({ model: consuming.usable(), layout, queue, ids, publisher }),
    async readiness() {
      const missing = publishing.trouble() ?? consuming.trouble();
      return missing === undefined ? { ready: true } : { ready: false, missing: `RabbitMQ: ${missing}` };
    },
    async close() {
      await Promise.all([publishing.close(), consuming.close()]);
    },
  };
}

const userOf = (url: string): string => decodeURIComponent(new URL(url).username) || 'guest';
