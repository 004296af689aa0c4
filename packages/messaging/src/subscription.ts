import type { EventData, SubscribedEvent, SubscriptionName } from '@sandgate/contracts';
import type { Logger } from 'pino';
import type { OutboxRow } from './outbox-rows.js';
import type { SqlClient } from './sql-client.js';

export interface ReceivedEvent<Data> {
  readonly id: string;
  readonly time: string;
  readonly traceparent: string;
  readonly data: Data;
}

export interface HandlerContext<Tx extends SqlClient> {
  /**
   * Everything that the handler writes and publishes goes through this transaction; it commits before the messages are acknowledged. It is
   * the database itself where the subscription is atomic.
   */
  readonly tx: Tx;
  /** To be called with what was written to the outbox, so that the relay need not read it after the commit. */
  wrote(rows: readonly OutboxRow[]): void;
  readonly log: Logger;
}

/**
 * One consumer of one event. Its name is its queue. `handle` gets the newest event per `newestPer` key of what has arrived, returns
 * when all is written, or throws: then the frame rolls back, takes the events one by one, and retries or dead-letters those that throw again.
 * It must be safe to deliver twice, late and out of order.
 */
export interface Subscription<Name extends SubscriptionName, Tx extends SqlClient> {
  readonly name: Name;
  /** Each statement of `handle` leaves nothing half done, so that none of them needs a transaction around it, which costs as much as they. */
  readonly isAtomic?: true;
  /** Key and version of an event: within a batch only the highest version per key is handled. Absent, every event is. */
  newestPer?(data: EventData<SubscribedEvent<Name>>): { key: string; version: number };
  handle(batch: readonly ReceivedEvent<EventData<SubscribedEvent<Name>>>[], context: HandlerContext<Tx>): Promise<void>;
  /** Runs after the commit of a batch, for what waits in memory. Must not throw. */
  committed?(batch: readonly ReceivedEvent<EventData<SubscribedEvent<Name>>>[]): void;
}

export const subscription = <Name extends SubscriptionName, Tx extends SqlClient>(
  definition: Subscription<Name, Tx>,
): Subscription<Name, Tx> => definition;

/** A subscription of any event, as lists hold them; the frame checks each message with the contract's schema before `handle` sees it. */
// biome-ignore lint/suspicious/noExplicitAny: the list is heterogeneous in the event; the contract's schema guards the call
export type AnySubscription = Subscription<any, any>;
