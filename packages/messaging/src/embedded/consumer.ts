import { randomUUID } from 'node:crypto';
import { errorCatalogue } from '@sandgate/contracts';
import type { Logger } from 'pino';
import { createBackOff, pause } from '../back-off.js';
import type { Bell } from '../bell.js';
import { describeFailure } from '../describe-failure.js';
import type { ConsumeOptions, Consumer, Delivery, Outcome } from '../transport.js';
import { within } from '../within.js';
import {
  buryDelivery,
  type ClaimedDelivery,
  claimDeliveries,
  deleteDeliveries,
  postponeDelivery,
} from './delivery-store.js';
import { keepClaim } from './keep-claim.js';

export interface EmbeddedSettings {
  /** How long a message rests after its first, second, … failed attempt; the last one holds for all further ones. */
  readonly retryDelaysMs: readonly number[];
  /** A message that was handed out more often than this without an outcome is dead-lettered: it kills its consumer. */
  readonly deliveryLimit: number;
  /** What a process had in hand when it was killed is handed out again after this time. */
  readonly leaseMs: number;
  /** Milliseconds between two looks at a queue that nobody woke. */
  readonly pollMs: number;
}

export interface EmbeddedConsumerOptions extends ConsumeOptions {
  readonly settings: EmbeddedSettings;
  readonly bell: Bell;
  readonly log: Logger;
}

/** Works a queue off, in claims of what is due, until it is stopped. */
export function startConsumer({
  queue,
  database,
  batchSize,
  receive,
  settings,
  bell,
  log,
}: EmbeddedConsumerOptions): Consumer {
  const stopping = new AbortController();
  const outOfTime = new AbortController();
  let missing: string | undefined = 'not consumed yet';
  /** When the earliest of the messages that this process put aside is due. */
  let nextDue = Number.POSITIVE_INFINITY;
  const isKiller = ({ handedOut }: ClaimedDelivery): boolean => handedOut > settings.deliveryLimit + 1;
  const running = run();

  async function run(): Promise<void> {
    const delays = createBackOff();
    while (!stopping.signal.aborted) {
      try {
        await workOrWait();
        missing = undefined;
        delays.reset();
      } catch (error) {
        const { reason } = describeFailure(error);
        if (reason !== missing) log.warn({ consumer: queue, reason }, 'consuming is interrupted');
        missing = reason;
        await pause(delays.next(), stopping.signal);
      }
    }
  }

  async function workOrWait(): Promise<void> {
    const claim = randomUUID();
    const claimed = await claimDeliveries(database, { queue, claim, limit: batchSize, leaseMs: settings.leaseMs });
    const [killers, deliveries] = [claimed.filter(isKiller), claimed.filter((one) => !isKiller(one))];
    for (const killer of killers) await bury(killer, claim);
    if (deliveries.length > 0) await work(deliveries, claim);
    if (claimed.length === 0) await untilSomethingIsDue();
  }

  async function work(claimed: readonly ClaimedDelivery[], claim: string): Promise<void> {
    const release = keepClaim(database, claim, settings.leaseMs);
    try {
      const outcomes = await receive(claimed.map(toDelivery), outOfTime.signal);
      await settle(claimed, outcomes, claim);
    } finally {
      release();
    }
  }

  /** The only way that a message leaves the queue: what it asked for has been committed. */
  async function settle(
    claimed: readonly ClaimedDelivery[],
    outcomes: readonly Outcome[],
    claim: string,
  ): Promise<void> {
    const done: string[] = [];
    for (const [i, { sequence }] of claimed.entries()) {
      const outcome = outcomes[i];
      if (!outcome) throw new Error('a delivery has no outcome');
      if (outcome.kind === 'retry') await postpone(sequence, outcome.attempts, claim);
      else if (outcome.kind === 'dead-letter') await buryDelivery(database, { ...outcome, sequence, claim });
      else done.push(sequence);
    }
    await deleteDeliveries(database, done);
  }

  async function postpone(sequence: string, attempts: number, claim: string): Promise<void> {
    const delayMs = settings.retryDelaysMs[Math.min(attempts, settings.retryDelaysMs.length) - 1] ?? 0;
    await postponeDelivery(database, { sequence, claim, attempts, delayMs });
    nextDue = Math.min(nextDue, Date.now() + delayMs);
  }

  async function untilSomethingIsDue(): Promise<void> {
    if (nextDue <= Date.now()) nextDue = Number.POSITIVE_INFINITY;
    await bell.wait(Math.min(settings.pollMs, nextDue - Date.now()), stopping.signal);
  }

  async function bury({ sequence, attempts, handedOut }: ClaimedDelivery, claim: string): Promise<void> {
    const code = 'event.consumer_died';
    log.error({ consumer: queue, code }, 'a message killed its consumer too often');
    await buryDelivery(database, {
      sequence,
      claim,
      attempts: attempts + handedOut - 1,
      code,
      reason: errorCatalogue[code].message,
    });
  }

  return {
    readiness: () => (missing === undefined ? { ready: true } : { ready: false, missing: `${queue}: ${missing}` }),
    async stop(ms) {
      stopping.abort();
      // What is in hand then is handed out again when its lease has run out.
      await within(ms, running).catch(() => outOfTime.abort(new Error('no time left')));
    },
  };
}

const toDelivery = ({ eventId, body, attempts }: ClaimedDelivery): Delivery => ({
  id: eventId,
  body,
  bytes: Buffer.byteLength(body),
  attempts,
});
