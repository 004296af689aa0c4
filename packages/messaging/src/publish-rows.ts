import { toOutgoingEvent } from './envelope.js';
import type { OutboxRow } from './outbox-rows.js';
import type { SqlClient } from './sql-client.js';
import type { OutgoingEvent, Refusal, Transport } from './transport.js';

/** Hands rows to the transport; answers those that are safe in every queue, and why the others are not. Rejects when none of them is known to be. */
export async function publishRows(
  transport: Transport,
  rows: readonly OutboxRow[],
  tx: SqlClient,
): Promise<{ published: OutboxRow[]; refusals: Refusal[] }> {
  const outgoing = rows.map((row) => toOutgoingEvent(row, transport.topology)).filter((event) => event !== undefined);
  const refusals = [
    ...unknownTypes(rows, outgoing),
    ...(outgoing.length > 0 ? await transport.publish(outgoing, tx) : []),
  ];
  const refused = new Set(refusals.map(({ id }) => id));
  return { published: rows.filter(({ id }) => !refused.has(id)), refusals };
}

function unknownTypes(rows: readonly OutboxRow[], outgoing: readonly OutgoingEvent[]): Refusal[] {
  const known = new Set(outgoing.map(({ id }) => id));
  return rows
    .filter(({ id }) => !known.has(id))
    .map(({ id, type }) => ({ id, reason: `no contract knows the type ${type}` }));
}
