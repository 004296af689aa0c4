import type { DeadLetter } from '@sandgate/contracts';
import type { Database, SqlClient } from './sql-client.js';
import type { Topology } from './topology.js';

/** An event on its way out of an outbox. `body` is the envelope as JSON. */
export interface OutgoingEvent {
  readonly id: string;
  readonly type: string;
  readonly subject: string;
  readonly body: string;
}

/** An event that is not safe in every queue that it belongs to; it stays in the outbox. */
export interface Refusal {
  readonly id: string;
  readonly reason: string;
}

/** A message as it is handed to a consumer. */
export interface Delivery {
  /** The event's id as far as the transport knows it: the body has not been read yet. */
  readonly id: string;
  readonly body: string;
  readonly bytes: number;
  /** How often handling it has failed before. */
  readonly attempts: number;
}

/** What becomes of a delivery. */
export type Outcome =
  | { readonly kind: 'handled' }
  /** A newer message of its key, in the same batch, was handled. */
  | { readonly kind: 'superseded' }
  | { readonly kind: 'retry'; readonly attempts: number; readonly code: string; readonly reason: string }
  | { readonly kind: 'dead-letter'; readonly attempts: number; readonly code: string; readonly reason: string };

export interface Readiness {
  readonly ready: boolean;
  readonly missing?: string;
}

export interface ConsumeOptions {
  readonly queue: string;
  /** The consuming service's own. */
  readonly database: Database;
  readonly batchSize: number;
  /**
   * Deals with a batch, commits, and says what becomes of each delivery, in the same order; only then do they leave the queue.
   * When it rejects, the whole batch stays in the queue. `signal` aborts when a stop has no more time.
   */
  receive(batch: readonly Delivery[], signal: AbortSignal): Promise<readonly Outcome[]>;
}

export interface Consumer {
  readiness(): Readiness;
  /** Takes no more, finishes what is in hand within `graceMs`; what is left then stays in the queue. */
  stop(graceMs: number): Promise<void>;
}

/**
 * Carries events from outboxes to queues, and from queues to consumers, at least once, in the order of publishing as long as nothing fails.
 * One per process. A message that is redelivered because its consumer died is handed out alone, and dead-lettered after a limit.
 */
export interface Transport {
  readonly topology: Topology;
  /** Where its queues are: with the outboxes in the database, or at a broker. */
  readonly queues: 'database' | 'broker';
  /**
   * Puts each event durably into every queue of its type; resolves with those that are not. `tx` is the transaction that takes them
   * from the outbox: a transport that keeps its queues in the database writes them there. One with a broker needs none.
   */
  publish(events: readonly OutgoingEvent[], tx: SqlClient): Promise<readonly Refusal[]>;
  /** To be called when the transaction of a `publish` has committed. */
  published(): void;
  consume(options: ConsumeOptions): Consumer;
  countDeadLetters(queue: string, database: SqlClient): Promise<number>;
  /** Oldest first. */
  listDeadLetters(queue: string, limit: number, database: SqlClient): Promise<DeadLetter[]>;
  /** Puts dead letters back into their queue, without earlier attempts: those of these ids, or all. Resolves with how many. */
  redriveDeadLetters(queue: string, ids: readonly string[] | undefined, database: SqlClient): Promise<number>;
  readiness(database: SqlClient): Promise<Readiness>;
  close(): Promise<void>;
}
