import type { ServiceName } from '@sandgate/contracts';
import type { Logger } from 'pino';
import { describeFailure } from './describe-failure.js';
import type { MessagingMetrics } from './metrics.js';
import { deleteOutboxRows, type OutboxRow } from './outbox-rows.js';
import { publishRows } from './publish-rows.js';
import type { Database } from './sql-client.js';
import type { Transport } from './transport.js';

export interface MemoryPublisherOptions {
  readonly service: ServiceName;
  readonly database: Database;
  readonly transport: Transport;
  readonly log: Logger;
  readonly metrics: MessagingMetrics;
}

/** Publishes committed rows that are at hand, without a word to the database on their way. */
export interface MemoryPublisher {
  /** Publishes them in the background. False, and nothing happens, when there is too much in hand already. */
  accept(rows: readonly OutboxRow[]): boolean;
  /** Ids of rows that are in hand: accepted, and neither deleted nor given up. */
  inHand(): readonly string[];
  /** Resolves when nothing is in hand any more. */
  settled(): Promise<void>;
}

/** More than that is left to the outbox. */
const capacity = 1_024;

/** Rows that are safe in their queues are deleted together, this long after the first of them. */
const gatherMs = 250;

/**
 * A row is deleted only once it is safe in every queue. One that cannot be published or deleted is given up: it stays in the outbox, and
 * whoever reads that publishes it, perhaps twice.
 */
export function createMemoryPublisher({
  service,
  database,
  transport,
  log,
  metrics,
}: MemoryPublisherOptions): MemoryPublisher {
  const inHand = new Set<string>();
  const working = new Set<Promise<void>>();
  const safe = new Set<string>();
  let gathering: NodeJS.Timeout | undefined;

  function accept(rows: readonly OutboxRow[]): boolean {
    if (rows.length === 0 || inHand.size + rows.length > capacity) return false;
    for (const { id } of rows) inHand.add(id);
    track(publish(rows));
    return true;
  }

  async function publish(rows: readonly OutboxRow[]): Promise<void> {
    for (const { id, type } of await publishOrGiveUp(rows)) {
      metrics.published.inc({ service, type });
      safe.add(id);
    }
    for (const { id } of rows) if (!safe.has(id)) inHand.delete(id);
    if (safe.size > 0) gathering ??= setTimeout(() => track(deleteSafe()), gatherMs);
  }

  /** Resolves with those that are safe in every queue. */
  async function publishOrGiveUp(rows: readonly OutboxRow[]): Promise<readonly OutboxRow[]> {
    try {
      const { published, refusals } = await publishRows(transport, rows, database);
      if (refusals[0]) giveUp(refusals[0].reason);
      return published;
    } catch (error) {
      giveUp(describeFailure(error).reason);
      return [];
    }
  }

  function giveUp(reason: string): void {
    metrics.publishFailures.inc({ service });
    log.debug({ reason }, 'events stay in the outbox for now');
  }

  async function deleteSafe(): Promise<void> {
    gathering = undefined;
    const ids = [...safe];
    safe.clear();
    await deleteOutboxRows(database, ids).catch((error: unknown) =>
      log.warn(
        { reason: describeFailure(error).reason },
        'published events stay in the outbox, and are published again',
      ),
    );
    for (const id of ids) inHand.delete(id);
  }

  function track(work: Promise<void>): void {
    working.add(work);
    void work.finally(() => working.delete(work));
  }

  return {
    accept,
    inHand: () => [...inHand],
    async settled() {
      while (working.size > 0 || gathering !== undefined) {
        if (gathering !== undefined) {
          clearTimeout(gathering);
          track(deleteSafe());
        }
        await Promise.all(working);
      }
    },
  };
}
