import { z } from 'zod';

export type EventSource = 'auth' | 'directory' | 'permissions' | 'dashboard';

export interface EventDefinition<Data extends z.ZodType = z.ZodType> {
  /** Name in code and documents, past tense. */
  readonly name: string;
  /** CloudEvents `type` and routing key, `producer.thing-happened.vN`. Written down, never derived from a name in code. */
  readonly type: string;
  readonly source: EventSource;
  readonly summary: string;
  /** A larger message is malformed; it is never parsed. */
  readonly maxBytes: number;
  readonly data: Data;
}

export type EventData<E extends EventDefinition> = z.infer<E['data']>;

export const defineEvent = <Data extends z.ZodType>(definition: EventDefinition<Data>): EventDefinition<Data> =>
  Object.freeze(definition);

/** CloudEvents 1.0, structured JSON, with the distributed tracing extension. */
export const EventEnvelope = z.object({
  specversion: z.literal('1.0'),
  id: z.uuid(),
  source: z.string().startsWith('/sandgate/'),
  type: z.string(),
  /** Id of what the event is about: an account or a database. Messages of one subject replace each other. */
  subject: z.string(),
  time: z.iso.datetime(),
  datacontenttype: z.literal('application/json'),
  /** W3C Trace Context level 1, section 3.2. Its trace id is the correlation id of the log lines. */
  traceparent: z.string().regex(/^00-[0-9a-f]{32}-[0-9a-f]{16}-[0-9a-f]{2}$/),
  data: z.unknown(),
});
export type EventEnvelope = z.infer<typeof EventEnvelope>;
