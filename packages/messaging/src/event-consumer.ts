import type { EventDefinition } from '@sandgate/contracts';
import type { Logger } from 'pino';
import { databaseAnswers, untilDatabaseAnswers } from './database-answers.js';
import { decideOutcome } from './decide-outcome.js';
import { describeFailure } from './describe-failure.js';
import { newestPerKey } from './newest-per-key.js';
import type { Outbox } from './outbox.js';
import type { OutboxRow } from './outbox-rows.js';
import { parseEvent } from './parse-event.js';
import type { DeliveryReport } from './report-deliveries.js';
import type { Database, SqlClient } from './sql-client.js';
import type { AnySubscription, ReceivedEvent } from './subscription.js';
import type { ConsumeOptions, Delivery, Outcome } from './transport.js';

export interface EventConsumerOptions {
  readonly subscription: AnySubscription;
  readonly event: EventDefinition;
  readonly database: Database;
  readonly outbox: Outbox;
  readonly maxAttempts: number;
  readonly log: Logger;
  readonly report: DeliveryReport;
}

interface Received {
  readonly delivery: Delivery;
  readonly event: ReceivedEvent<unknown>;
}

const handled: Outcome = { kind: 'handled' };
const superseded: Outcome = { kind: 'superseded' };

const transactionLimits = { timeout: 30_000 };

/** So often a failure is put down to a database that went away; a handler that takes it down every time is to blame itself. */
const forgivenOutages = 3;

/**
 * What a subscription's `handle` cannot forget: only well-formed events reach it, the newest per key, in a transaction. Resolves after the
 * commits with what becomes of each delivery; the transport takes them off the queue only then.
 */
export function eventConsumer(options: EventConsumerOptions): ConsumeOptions['receive'] {
  const { subscription, event: definition, database, outbox, maxAttempts, log, report } = options;

  return async (batch, signal) => {
    const start = performance.now();
    const outcomes = new Map<Delivery, Outcome>();
    const received: Received[] = [];
    for (const delivery of batch) {
      const parsed = parseEvent(definition, delivery);
      if ('event' in parsed) received.push({ delivery, event: parsed.event });
      else outcomes.set(delivery, malformed(delivery, parsed.malformed));
    }
    for (const [{ delivery }, outcome] of await handleAll(received, signal)) outcomes.set(delivery, outcome);
    const decided = batch.map((delivery) => outcomes.get(delivery) as Outcome);
    report({ batch, outcomes: decided, events: received, ms: performance.now() - start });
    return decided;
  };

  async function handleAll(received: readonly Received[], signal: AbortSignal): Promise<Map<Received, Outcome>> {
    if (received.length === 0) return new Map();
    const { newestPer } = subscription;
    const newest = new Set(newestPer ? newestPerKey(received, ({ event }) => newestPer(event.data)) : received);
    const failure = await attempt([...newest], signal);
    if (!failure) return new Map(received.map((one) => [one, newest.has(one) ? handled : superseded]));
    if (received.length > 1) return handleOneByOne(received, signal);
    return new Map(received.map((one) => [one, decide(one, failure.error)]));
  }

  /** All of them, also those that a newer one outdoes: it may be that very one which cannot be handled. */
  async function handleOneByOne(received: readonly Received[], signal: AbortSignal): Promise<Map<Received, Outcome>> {
    const outcomes = new Map<Received, Outcome>();
    for (const one of received) {
      const failure = await attempt([one], signal);
      outcomes.set(one, failure ? decide(one, failure.error) : handled);
    }
    return outcomes;
  }

  /** Resolves with the failure, if there is one. For a database that does not answer no event is to blame: it is waited for. */
  async function attempt(some: readonly Received[], signal: AbortSignal): Promise<{ error: unknown } | undefined> {
    for (let outages = 0; ; outages++) {
      try {
        await commit(some.map(({ event }) => event));
        return undefined;
      } catch (error) {
        if (outages === forgivenOutages || (await databaseAnswers(database))) return { error };
        log.warn({ reason: describeFailure(error).reason }, 'the database does not answer; events wait for it');
        await untilDatabaseAnswers(database, signal);
      }
    }
  }

  async function commit(events: readonly ReceivedEvent<unknown>[]): Promise<void> {
    const written: OutboxRow[] = [];
    const wrote = (rows: readonly OutboxRow[]): void => void written.push(...rows);
    const handle = (tx: SqlClient): Promise<void> => subscription.handle(events, { tx, wrote, log });
    await (subscription.isAtomic ? handle(database) : database.$transaction(handle, transactionLimits));
    try {
      subscription.committed?.(events);
    } catch (error) {
      // What is committed is handled, whatever becomes of those who wait for it in memory.
      log.error({ failure: describeFailure(error) }, 'committed() threw');
    }
    if (written.length > 0) outbox.wake(written);
  }

  function decide({ delivery, event }: Received, error: unknown): Outcome {
    log.warn(
      { id: event.id, attempt: delivery.attempts + 1, failure: describeFailure(error) },
      'an event could not be handled',
    );
    return decideOutcome(error, delivery.attempts, maxAttempts);
  }
}

const malformed = ({ attempts }: Delivery, reason: string): Outcome => ({
  kind: 'dead-letter',
  attempts: attempts + 1,
  code: 'event.malformed',
  reason,
});
