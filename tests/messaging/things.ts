import { randomUUID } from 'node:crypto';
import { defineEvent, type EventData, type EventDefinition } from '@sandgate/contracts';
import {
  nextTraceparent,
  type OutboxRow,
  type OutgoingEvent,
  type SqlClient,
  type Topology,
} from '@sandgate/messaging';
import { z } from 'zod';

/** What the handlers of the suite are told about. Two queues take it. */
export const ThingNoted = defineEvent({
  name: 'ThingNoted',
  type: 'auth.thing-noted.v1',
  source: 'auth',
  summary: 'Somebody noted a thing.',
  maxBytes: 4096,
  data: z.strictObject({ thing: z.string(), version: z.int().positive(), mood: z.enum(['fine', 'bad']) }),
});
export type ThingNoted = EventData<typeof ThingNoted>;

export const ThingCounted = defineEvent({
  name: 'ThingCounted',
  type: 'directory.thing-counted.v1',
  source: 'directory',
  summary: 'Somebody counted a thing.',
  maxBytes: 4096,
  data: z.strictObject({ thing: z.string(), version: z.int().positive() }),
});

export const noted = 'directory.on-thing-noted';
export const alsoNoted = 'permissions.on-thing-noted';
export const counted = 'permissions.on-thing-counted';

export const things: Topology = {
  events: [ThingNoted, ThingCounted],
  subscriptions: { [noted]: ThingNoted, [alsoNoted]: ThingNoted, [counted]: ThingCounted },
};

export const aThing = (changes: Partial<ThingNoted> = {}): ThingNoted => ({
  thing: `thing-${randomUUID()}`,
  version: 1,
  mood: 'fine',
  ...changes,
});

/** Things with names that sort in the order of the list. */
export const manyThings = (count: number): ThingNoted[] =>
  Array.from({ length: count }, (_, i) => aThing({ thing: `thing ${String(i).padStart(5, '0')}` }));

/** An event as a relay would publish it. */
export const published = (thing: ThingNoted, envelope: Record<string, unknown> = {}): OutgoingEvent => {
  const id = randomUUID();
  const whole = {
    specversion: '1.0',
    id,
    source: `/sandgate/${ThingNoted.source}`,
    type: ThingNoted.type,
    subject: thing.thing,
    time: '2026-11-21T10:00:00.000Z',
    datacontenttype: 'application/json',
    traceparent: nextTraceparent(),
    data: thing,
    ...envelope,
  };
  return { id, type: ThingNoted.type, subject: thing.thing, body: JSON.stringify(whole) };
};

/** Writes events to the outbox, as a service's own statement may; answers the rows. */
export const intoOutbox = async (
  tx: SqlClient,
  event: EventDefinition,
  data: readonly { thing: string; version: number }[],
): Promise<OutboxRow[]> => {
  const rows = data.map((one) => ({ id: randomUUID(), subject: one.thing, data: one }));
  return tx.$queryRaw<OutboxRow[]>`
    insert into outbox (id, type, subject, data, traceparent)
    select id, ${event.type}, subject, data, ${nextTraceparent()}
    from jsonb_to_recordset(${JSON.stringify(rows)}::jsonb) as entry (id uuid, subject text, data jsonb)
    returning id, type, subject, data::text, traceparent, to_char(created_at at time zone 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.MS"Z"') as time`;
};
