import type { Logger } from 'pino';
import type { MessagingMetrics } from './metrics.js';
import type { ReceivedEvent } from './subscription.js';
import { correlationIdOf } from './traceparent.js';
import type { Delivery, Outcome } from './transport.js';

export interface HandledBatch {
  readonly batch: readonly Delivery[];
  /** In the order of `batch`. */
  readonly outcomes: readonly Outcome[];
  /** Those that are well-formed. */
  readonly events: readonly { readonly delivery: Delivery; readonly event: ReceivedEvent<unknown> }[];
  readonly ms: number;
}

export type DeliveryReport = (handled: HandledBatch) => void;

/** Counts and logs. One line per batch, and one for each delivery that was alone, failed, or is asked for at level debug. */
export function deliveryReport(consumer: string, log: Logger, metrics: MessagingMetrics): DeliveryReport {
  return ({ batch, outcomes, events, ms }) => {
    const counts = countKinds(outcomes);
    for (const [outcome, count] of Object.entries(counts)) metrics.deliveries.inc({ consumer, outcome }, count);
    metrics.batchSize.observe({ consumer }, batch.length);
    metrics.handleSeconds.observe({ consumer }, ms / 1000);
    if (batch.length > 1) log.info({ deliveries: batch.length, outcomes: counts, ms: Math.round(ms) }, 'events');
    if (batch.length > 1 && outcomes.every(isQuiet) && !log.isLevelEnabled('debug')) return;
    const traces = new Map(events.map(({ delivery, event }) => [delivery, event.traceparent]));
    for (const [i, delivery] of batch.entries()) {
      const outcome = outcomes[i] as Outcome;
      if (outcome.kind === 'dead-letter') metrics.deadLettered.inc({ consumer, code: outcome.code });
      const level = batch.length > 1 && isQuiet(outcome) ? 'debug' : levels[outcome.kind];
      log[level](
        { id: delivery.id, correlationId: correlationIdOf(traces.get(delivery) ?? ''), outcome, ms: Math.round(ms) },
        'event',
      );
    }
  };
}

const levels = { handled: 'info', superseded: 'info', retry: 'warn', 'dead-letter': 'error' } as const;

const isQuiet = ({ kind }: Outcome): boolean => kind === 'handled' || kind === 'superseded';

function countKinds(outcomes: readonly Outcome[]): Record<string, number> {
  const counts: Record<string, number> = {};
  for (const { kind } of outcomes) counts[kind] = (counts[kind] ?? 0) + 1;
  return counts;
}
