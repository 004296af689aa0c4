import type { ServiceName } from '@sandgate/contracts';
import { Counter, Gauge, Histogram, type Registry } from 'prom-client';
import { within } from './within.js';

export interface MessagingMetrics {
  readonly deliveries: Counter<'consumer' | 'outcome'>;
  readonly batchSize: Histogram<'consumer'>;
  readonly handleSeconds: Histogram<'consumer'>;
  readonly deadLettered: Counter<'consumer' | 'code'>;
  readonly published: Counter<'service' | 'type'>;
  readonly publishFailures: Counter<'service'>;
  /** Measured at each scrape; the returned function ends that. */
  watchOutbox(service: ServiceName, measure: () => Promise<{ rows: number; oldestSeconds: number }>): () => void;
  watchDeadLetters(consumer: string, count: () => Promise<number>): () => void;
}

const known = new WeakMap<Registry, MessagingMetrics>();

/** The metrics of this registry, made once: all services of one process may share a registry. */
export function messagingMetrics(registry: Registry): MessagingMetrics {
  const metrics = known.get(registry) ?? createMetrics(registry);
  known.set(registry, metrics);
  return metrics;
}

function createMetrics(registry: Registry): MessagingMetrics {
  const registers = [registry];
  return {
    deliveries: new Counter({
      name: 'sandgate_event_deliveries_total',
      help: 'Deliveries by what became of them',
      labelNames: ['consumer', 'outcome'],
      registers,
    }),
    batchSize: new Histogram({
      name: 'sandgate_event_batch_size',
      help: 'Deliveries taken together',
      labelNames: ['consumer'],
      buckets: [1, 2, 4, 8, 16, 32, 64, 128, 256],
      registers,
    }),
    handleSeconds: new Histogram({
      name: 'sandgate_event_handle_seconds',
      help: 'Time from taking a batch to its last commit',
      labelNames: ['consumer'],
      buckets: [0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 10],
      registers,
    }),
    deadLettered: new Counter({
      name: 'sandgate_event_dead_letters_total',
      help: 'Messages dead-lettered by this process',
      labelNames: ['consumer', 'code'],
      registers,
    }),
    published: new Counter({
      name: 'sandgate_events_published_total',
      help: 'Events that left the outbox',
      labelNames: ['service', 'type'],
      registers,
    }),
    publishFailures: new Counter({
      name: 'sandgate_event_publish_failures_total',
      help: 'Attempts that left events in the outbox',
      labelNames: ['service'],
      registers,
    }),
    ...createWatches(registry),
  };
}

function createWatches(registry: Registry): Pick<MessagingMetrics, 'watchOutbox' | 'watchDeadLetters'> {
  const registers = [registry];
  const outboxes = new Map<string, () => Promise<{ rows: number; oldestSeconds: number }>>();
  const deadLetters = new Map<string, () => Promise<number>>();
  const oldest = new Gauge({
    name: 'sandgate_outbox_oldest_seconds',
    help: 'Age of the oldest unpublished event',
    labelNames: ['service'],
    registers,
  });
  new Gauge({
    name: 'sandgate_outbox_rows',
    help: 'Unpublished events',
    labelNames: ['service'],
    registers,
    async collect() {
      this.reset();
      oldest.reset();
      await forEachMeasured(outboxes, (service, { rows, oldestSeconds }) => {
        this.set({ service }, rows);
        oldest.set({ service }, oldestSeconds);
      });
    },
  });
  new Gauge({
    name: 'sandgate_dead_letters',
    help: 'Dead letters that wait for somebody',
    labelNames: ['consumer'],
    registers,
    async collect() {
      this.reset();
      await forEachMeasured(deadLetters, (consumer, count) => this.set({ consumer }, count));
    },
  });
  return { watchOutbox: watchOf(outboxes), watchDeadLetters: watchOf(deadLetters) };
}

const watchOf =
  <T>(watched: Map<string, T>) =>
  (name: string, measure: T): (() => void) => {
    watched.set(name, measure);
    return () => {
      if (watched.get(name) === measure) watched.delete(name);
    };
  };

const measureMs = 2_000;

/** What cannot be measured has no value: a scrape must work while the database or the broker is away. */
async function forEachMeasured<T>(
  watched: Map<string, () => Promise<T>>,
  use: (name: string, value: T) => void,
): Promise<void> {
  const measured = await Promise.allSettled(
    [...watched].map(async ([name, measure]) => ({ name, value: await within(measureMs, measure()) })),
  );
  for (const result of measured) if (result.status === 'fulfilled') use(result.value.name, result.value.value);
}
