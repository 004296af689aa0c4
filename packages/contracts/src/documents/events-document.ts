import { z } from 'zod';
import { type EventDefinition, EventEnvelope } from '../events/define-event.js';
import { events, subscriptions } from '../events/topology.js';

const schemaOf = (schema: z.ZodType): Record<string, unknown> => {
  const { $schema: _dialect, ...rest } = z.toJSONSchema(schema, { unrepresentable: 'any' });
  return rest;
};

const consumersOf = (event: EventDefinition): string[] =>
  Object.entries(subscriptions).flatMap(([name, subscribed]) => (subscribed === event ? [name] : []));

/** `docs/events.md`, from the event definitions. `samples` maps a type to its frozen sample. */
export function eventsDocument(samples: Readonly<Record<string, string>>): string {
  const parts = events.map((event) =>
    [
      `## ${event.name}`,
      '',
      event.summary,
      '',
      `- type and routing key: \`${event.type}\``,
      `- published by: ${event.source}`,
      `- consumed by: ${consumersOf(event)
        .map((name) => `\`${name}\``)
        .join(', ')}`,
      `- at most ${event.maxBytes / 1024} KiB`,
      '',
      '```json',
      samples[event.type]?.trimEnd() ?? '',
      '```',
      '',
    ].join('\n'),
  );
  return [
    '# Events',
    '',
    'Generated from `packages/contracts/src/events` by `npm run docs`; `asyncapi.json` beside it is the same for machines.',
    '',
    'Every message is a CloudEvents 1.0 envelope in structured JSON. An event carries the whole state of its subject and a version that only',
    'grows; a consumer skips what is not newer than what it has. Duplicates, any order and lost older events therefore end in the same state.',
    'The events of records are the exception: each is a fact of its own, told apart by the id of its envelope.',
    '',
    ...parts,
  ].join('\n');
}

/** `docs/asyncapi.json`: AsyncAPI 3.0 of all channels. */
export function asyncApiDocument(): Readonly<Record<string, unknown>> {
  const entries = Object.entries(subscriptions);
  return {
    asyncapi: '3.0.0',
    info: { title: 'Sandgate events', version: '1', description: 'CloudEvents 1.0 over AMQP 0-9-1.' },
    defaultContentType: 'application/cloudevents+json',
    channels: Object.fromEntries(
      events.map((event) => [
        event.name,
        {
          address: event.type,
          description: event.summary,
          messages: { [event.name]: { $ref: `#/components/messages/${event.name}` } },
          bindings: {
            amqp: {
              is: 'routingKey',
              exchange: { name: 'sandgate.events', type: 'topic', durable: true },
              bindingVersion: '0.3.0',
            },
          },
        },
      ]),
    ),
    operations: Object.fromEntries([
      ...events.map((event) => [
        `publish${event.name}`,
        { action: 'send', channel: { $ref: `#/channels/${event.name}` }, summary: `By ${event.source}.` },
      ]),
      ...entries.map(([name, event]) => [
        name.replaceAll(/[.-](\w)/g, (_match, letter: string) => letter.toUpperCase()),
        { action: 'receive', channel: { $ref: `#/channels/${event.name}` }, summary: `Queue sandgate.${name}.` },
      ]),
    ]),
    components: {
      messages: Object.fromEntries(
        events.map((event) => [
          event.name,
          {
            name: event.type,
            contentType: 'application/cloudevents+json',
            payload: schemaOf(EventEnvelope.extend({ type: z.literal(event.type), data: event.data })),
          },
        ]),
      ),
    },
  };
}
