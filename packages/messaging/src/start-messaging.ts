import type { DeadLetter, EventDefinition, ServiceName } from '@sandgate/contracts';
import type { Logger } from 'pino';
import type { Registry } from 'prom-client';
import { eventConsumer } from './event-consumer.js';
import { messagingMetrics } from './metrics.js';
import type { Outbox } from './outbox.js';
import { startRelay } from './relay.js';
import { deliveryReport } from './report-deliveries.js';
import type { Database } from './sql-client.js';
import type { AnySubscription } from './subscription.js';
import type { Consumer, Readiness, Transport } from './transport.js';

export interface MessagingOptions {
  readonly service: ServiceName;
  readonly database: Database;
  readonly outbox: Outbox;
  readonly subscriptions: readonly AnySubscription[];
  /** Made once per process, closed by whoever made it after every `stop`. */
  readonly transport: Transport;
  readonly log: Logger;
  readonly registry: Registry;
  /** A message that fails so often is dead-lettered. */
  readonly maxAttempts?: number;
  /** Milliseconds between two looks at an outbox that nobody woke. */
  readonly pollMs?: number;
}

/** The messaging of one service: its relay and its consumers. */
export interface RunningMessaging {
  /** Whether events flow. A service without it may well work: what it publishes waits in its outbox. */
  readiness(): Promise<Readiness>;
  /** The dead letters of the service's own subscriptions, oldest first per subscription. */
  listDeadLetters(limit: number): Promise<DeadLetter[]>;
  /** Puts them back, without earlier attempts; all when `ids` is absent. Resolves with how many. */
  redriveDeadLetters(ids?: readonly string[]): Promise<number>;
  /** Takes no more, finishes and acknowledges what is in hand for at most 10 s, then stops the relay. */
  stop(): Promise<void>;
}

const largestBatch = 256;
/** A batch of the largest allowed messages stays below this; two of them may be in memory. */
const batchBytes = 64 * 1024 * 1024;
const graceMs = 10_000;

/** Starts at once and does not wait for a broker: while it is away, events wait in the outbox. */
export function startMessaging(options: MessagingOptions): RunningMessaging {
  const { service, database, subscriptions, transport, registry } = options;
  const metrics = messagingMetrics(registry);
  const relay = startRelay({ ...options, metrics });
  const queues = subscriptions.map(({ name }) => String(name));
  const consumers = subscriptions.map((subscription) => startConsumer(subscription, options));
  const endWatches = queues.map((queue) =>
    metrics.watchDeadLetters(queue, () => transport.countDeadLetters(queue, database)),
  );
  warnOfForgottenQueues();

  /** A queue that nobody works off fills for ever. */
  function warnOfForgottenQueues(): void {
    const own = Object.keys(transport.topology.subscriptions).filter((queue) => queue.startsWith(`${service}.`));
    const forgotten = own.filter((queue) => !queues.includes(queue));
    if (forgotten.length > 0) options.log.warn({ queues: forgotten }, 'nobody consumes these queues in this process');
  }

  return {
    async readiness() {
      const parts = [await transport.readiness(database), ...consumers.map((consumer) => consumer.readiness())];
      return parts.find(({ ready }) => !ready) ?? { ready: true };
    },
    async listDeadLetters(limit) {
      const letters: DeadLetter[] = [];
      for (const queue of queues)
        letters.push(...(await transport.listDeadLetters(queue, limit - letters.length, database)));
      return letters;
    },
    async redriveDeadLetters(ids) {
      let redriven = 0;
      for (const queue of queues) redriven += await transport.redriveDeadLetters(queue, ids, database);
      return redriven;
    },
    async stop() {
      await Promise.all(consumers.map((consumer) => consumer.stop(graceMs)));
      await relay.stop();
      for (const end of endWatches) end();
    },
  };
}

function startConsumer(subscription: AnySubscription, options: MessagingOptions): Consumer {
  const { transport, database, outbox, registry, maxAttempts = 5 } = options;
  const queue = String(subscription.name);
  const event: EventDefinition | undefined = transport.topology.subscriptions[queue];
  if (!event) throw new Error(`${queue} is not in the list of subscriptions`);
  const log = options.log.child({ consumer: queue, event: event.type });
  const report = deliveryReport(queue, log, messagingMetrics(registry));
  const batchSize = Math.max(1, Math.min(largestBatch, Math.floor(batchBytes / event.maxBytes)));
  const receive = eventConsumer({ subscription, event, database, outbox, maxAttempts, log, report });
  return transport.consume({ queue, database, batchSize, receive });
}
