import { type EventDefinition, EventEnvelope } from '@sandgate/contracts';
import { withoutPersonalData } from './describe-failure.js';
import type { ReceivedEvent } from './subscription.js';
import type { Delivery } from './transport.js';

export type ParsedEvent = { readonly event: ReceivedEvent<unknown> } | { readonly malformed: string };

/** Reads a message as an event of this definition, or says in a sentence without content why it is none. */
export function parseEvent(definition: EventDefinition, delivery: Pick<Delivery, 'body' | 'bytes'>): ParsedEvent {
  if (delivery.bytes > definition.maxBytes)
    return { malformed: `${delivery.bytes} bytes; at most ${definition.maxBytes} are allowed` };
  const json = readJson(delivery.body);
  if (json === undefined) return { malformed: 'not JSON' };
  const envelope = EventEnvelope.safeParse(json);
  if (!envelope.success) return { malformed: faults('envelope', envelope.error) };
  const { id, time, traceparent, type, source } = envelope.data;
  if (type !== definition.type) return { malformed: `the type is not ${definition.type}` };
  if (source !== `/sandgate/${definition.source}`)
    return { malformed: `the source is not /sandgate/${definition.source}` };
  const parsed = definition.data.safeParse(envelope.data.data);
  if (!parsed.success) return { malformed: faults('data', parsed.error) };
  return { event: { id, time, traceparent, data: parsed.data } };
}

function readJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch (error) {
    if (error instanceof SyntaxError) return undefined;
    throw error;
  }
}

/** Names fields and what was expected of them, never what they held. */
function faults(root: string, error: { issues: readonly { path: readonly PropertyKey[]; message: string }[] }): string {
  const named = error.issues
    .slice(0, 5)
    .map((issue) => `${[root, ...issue.path].map(String).join('.')}: ${issue.message}`);
  return withoutPersonalData(named.join('; '));
}
