import type { Logger } from 'pino';
import { type Bell, createBell } from '../bell.js';
import { describeFailure } from '../describe-failure.js';
import { contractTopology, queuesOf, type Topology } from '../topology.js';
import type { Transport } from '../transport.js';
import { type EmbeddedSettings, startConsumer } from './consumer.js';
import { checkTable, countDead, insertDeliveries, listDead, reviveDead } from './delivery-store.js';

export interface EmbeddedTransportOptions extends Partial<EmbeddedSettings> {
  readonly log: Logger;
  readonly topology?: Topology;
}

const defaults: EmbeddedSettings = {
  retryDelaysMs: [1_000, 10_000, 60_000],
  deliveryLimit: 5,
  leaseMs: 5_000,
  pollMs: 1_000,
};

/**
 * Events without a broker: the queues are rows of `messaging.deliveries`, in the database of the services. An event leaves its outbox and
 * enters its queues in one transaction. Any number of processes may work on one database.
 */
export function embeddedTransport(options: EmbeddedTransportOptions): Transport {
  const { log, topology = contractTopology } = options;
  const settings: EmbeddedSettings = { ...defaults, ...options };
  const bells = new Set<Bell>();
  const ringAll = (): void => {
    for (const bell of bells) bell.ring();
  };

  return {
    topology,
    queues: 'database',
    async publish(events, tx) {
      const routed = events.map((event) => ({ event, queues: queuesOf(topology, event.type) }));
      await insertDeliveries(
        tx,
        routed.flatMap(({ event, queues }) => queues.map((queue) => ({ queue, event }))),
      );
      return routed
        .filter(({ queues }) => queues.length === 0)
        .map(({ event }) => ({ id: event.id, reason: `no queue takes ${event.type}` }));
    },
    published: ringAll,
    consume(consumption) {
      const bell = createBell();
      bells.add(bell);
      const consumer = startConsumer({ ...consumption, settings, bell, log });
      return {
        ...consumer,
        stop: (graceMs) => consumer.stop(graceMs).finally(() => bells.delete(bell)),
      };
    },
    countDeadLetters: (queue, database) => countDead(database, queue),
    listDeadLetters: (queue, limit, database) => listDead(database, queue, limit),
    async redriveDeadLetters(queue, ids, database) {
      const redriven = await reviveDead(database, queue, ids);
      ringAll();
      return redriven;
    },
    async readiness(database) {
      try {
        await checkTable(database);
        return { ready: true };
      } catch (error) {
        return { ready: false, missing: `table messaging.deliveries: ${describeFailure(error).reason}` };
      }
    },
    close: async () => undefined,
  };
}
