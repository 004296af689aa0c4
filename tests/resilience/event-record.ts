import { EventEnvelope } from '@sandgate/contracts';
import type { ConfirmChannel, ConsumeMessage } from 'amqplib';
import { eventsExchange, onChannel } from './queues.js';

const queue = 'test.record';

/** An event as it went over the broker. */
export interface RecordedEvent {
  readonly id: string;
  readonly type: string;
  readonly subject: string;
  // biome-ignore lint/suspicious/noExplicitAny: events of several types; who reads one says which
  readonly data: any;
  /** The message as it was, to send it again. */
  readonly body: Buffer;
}

export type Message = Pick<RecordedEvent, 'id' | 'type' | 'body'>;

/** Everything that is published, kept in a queue of the test's own beside those of the services. */
export interface EventRecord {
  /** All events that services have published so far, in order of arrival; one that was published twice is here twice. */
  read(): Promise<readonly RecordedEvent[]>;
  /** Puts messages on their way again, in this order. */
  repeat(messages: readonly Message[]): Promise<void>;
  /** Puts messages on their way that no service has published. They do not count as recorded. */
  forge(messages: readonly Message[]): Promise<void>;
}

export async function openEventRecord(url: string): Promise<EventRecord> {
  const read: RecordedEvent[] = [];
  const forged = new Set<string>();
  const publish = (messages: readonly Message[]): Promise<void> =>
    onChannel(url, async (channel) => {
      await Promise.all(messages.map((message) => publishOn(channel, message)));
    });
  await onChannel(url, async (channel) => {
    await channel.assertExchange(eventsExchange, 'topic', { durable: true });
    await channel.assertQueue(queue, { durable: true, arguments: { 'x-queue-type': 'quorum' } });
    await channel.bindQueue(queue, eventsExchange, '#');
  });
  return {
    async read() {
      const arrived = (await drain(url)).flatMap(toEvent);
      read.push(...arrived.filter(({ id }) => !forged.has(id)));
      return read;
    },
    repeat: publish,
    async forge(messages) {
      for (const { id } of messages) forged.add(id);
      await publish(messages);
    },
  };
}

const publishOn = (channel: ConfirmChannel, { id, type, body }: Message): Promise<void> =>
  new Promise((resolve, reject) => {
    const options = { persistent: true, messageId: id, type };
    channel.publish(eventsExchange, type, body, options, (error) => (error ? reject(error) : resolve()));
  });

const acknowledgedTogether = 500;

const drain = (url: string): Promise<ConsumeMessage[]> =>
  onChannel(url, async (channel) => {
    const { messageCount } = await channel.checkQueue(queue);
    const taken: ConsumeMessage[] = [];
    if (messageCount === 0) return taken;
    await channel.prefetch(2 * acknowledgedTogether);
    await new Promise<void>((resolve, reject) => {
      const take = (message: ConsumeMessage | null): void => {
        if (message === null) reject(new Error('the record is gone'));
        if (message === null || taken.length === messageCount) return;
        taken.push(message);
        if (taken.length % acknowledgedTogether === 0) channel.ack(message, true);
        if (taken.length === messageCount) resolve();
      };
      channel.consume(queue, take).catch(reject);
    });
    if (messageCount % acknowledgedTogether > 0) channel.ack(taken.at(-1) as ConsumeMessage, true);
    // A round trip: an acknowledgement may be lost with a channel that closes at once.
    await channel.checkQueue(queue);
    return taken;
  });

const toEvent = ({ content, properties }: ConsumeMessage): RecordedEvent[] => {
  const { data } = EventEnvelope.safeParse(parseJson(content));
  if (!data) return [];
  const { type, subject } = data;
  return [{ id: String(properties.messageId), type, subject, data: data.data, body: content }];
};

function parseJson(content: Buffer): unknown {
  try {
    return JSON.parse(content.toString('utf8'));
  } catch (error) {
    if (error instanceof SyntaxError) return undefined;
    throw error;
  }
}
