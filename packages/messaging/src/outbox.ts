import { randomUUID } from 'node:crypto';
import type { EventData, EventDefinition } from '@sandgate/contracts';
import type { OutboxRow } from './outbox-rows.js';
import type { SqlClient } from './sql-client.js';

export interface OutboxEntry<Data> {
  /** Id of what the event is about. */
  readonly subject: string;
  readonly data: Data;
}

/** A service's outbox: table `outbox` of its own schema, in the same database as the state that it announces. */
export interface Outbox {
  /** Writes events in the caller's transaction, in order. They are published once it has committed. */
  add<E extends EventDefinition>(
    tx: SqlClient,
    event: E,
    entries: readonly OutboxEntry<EventData<E>>[],
    traceparent: string,
  ): Promise<void>;
  /**
   * Tells the relay of this process that something was committed. Given the rows, it need not read them. A relay also polls, so that
   * forgetting this only delays.
   */
  wake(rows?: readonly OutboxRow[]): void;
  /** Called by the relay: runs `listener` at each `wake`. */
  onWake(listener: (rows: readonly OutboxRow[]) => void): void;
}

export function createOutbox(): Outbox {
  const listeners: ((rows: readonly OutboxRow[]) => void)[] = [];
  return {
    async add(tx, event, entries, traceparent) {
      if (entries.length === 0) return;
      const rows = entries.map((entry) => ({
        id: randomUUID(),
        subject: entry.subject,
        data: event.data.parse(entry.data),
      }));
      await tx.$executeRaw`
        insert into outbox (id, type, subject, data, traceparent)
        select id, ${event.type}, subject, data, ${traceparent}
        from rows from (jsonb_to_recordset(${JSON.stringify(rows)}::jsonb) as (id uuid, subject text, data jsonb))
          with ordinality as entry (id, subject, data, n)
        order by n`;
    },
    wake: (rows = []) => {
      for (const listener of listeners) listener(rows);
    },
    onWake: (listener) => {
      listeners.push(listener);
    },
  };
}
