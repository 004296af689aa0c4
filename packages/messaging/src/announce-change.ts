import type { EventDefinition } from '@sandgate/contracts';
import { changedFields, type SettingsChange } from '@sandgate/contracts';
import type { Outbox } from './outbox.js';
import type { SqlClient } from './sql-client.js';

/** Who changes a setting, and in which request. Without an actor it is the operator, by the environment or a command. */
export interface Author {
  readonly actorId: string | null;
  readonly traceparent: string;
}

/** A change of a setting, in terms of the states before and after it; of both, what differs is announced. */
export interface AnnouncedChange {
  readonly what: SettingsChange['what'];
  readonly id: string | number;
  readonly accountId?: string | undefined;
  readonly before: Readonly<Record<string, unknown>> | null;
  readonly after: Readonly<Record<string, unknown>> | null;
}

export type AnnounceChange = (tx: SqlClient, by: Author, change: AnnouncedChange) => Promise<void>;

/** Announces changes of a service's settings, each in the transaction that makes it. What changes nothing is not announced. */
export const announceChanges =
  (outbox: Outbox, event: EventDefinition<typeof SettingsChange>): AnnounceChange =>
  async (tx, { actorId, traceparent }, { what, id, accountId = null, ...states }) => {
    const changed = changedFields(states.before, states.after);
    if (!changed) return;
    const data = { what, id: String(id), accountId, actorId, ...changed };
    await outbox.add(tx, event, [{ subject: data.id, data }], traceparent);
  };
