import type { EventEnvelope } from '@sandgate/contracts';
import type { OutboxRow } from './outbox-rows.js';
import type { Topology } from './topology.js';
import type { OutgoingEvent } from './transport.js';

/** The envelope of an outbox row as JSON, or undefined when no contract knows its type. The data is JSON already and is put in as it is. */
export function toOutgoingEvent(row: OutboxRow, topology: Topology): OutgoingEvent | undefined {
  const definition = topology.events.find((event) => event.type === row.type);
  if (!definition) return undefined;
  const envelope: Omit<EventEnvelope, 'data'> = {
    specversion: '1.0',
    id: row.id,
    source: `/sandgate/${definition.source}`,
    type: row.type,
    subject: row.subject,
    time: row.time,
    datacontenttype: 'application/json',
    traceparent: row.traceparent,
  };
  return {
    id: row.id,
    type: row.type,
    subject: row.subject,
    body: `${JSON.stringify(envelope).slice(0, -1)},"data":${row.data}}`,
  };
}
