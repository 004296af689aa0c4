import { createHash } from 'node:crypto';
import type { Message } from 'amqplib';
import type { Delivery, Outcome } from '../transport.js';

/** A message that is to be published. */
export interface OutgoingMessage {
  readonly exchange: string;
  readonly routingKey: string;
  readonly content: Buffer;
  readonly id: string;
  readonly type: string;
  readonly headers: Readonly<Record<string, string | number>>;
}

/** What Sandgate writes on a message that was put aside. */
export const header = {
  attempts: 'sandgate-attempts',
  routingKey: 'sandgate-routing-key',
  consumer: 'sandgate-consumer',
  code: 'sandgate-code',
  reason: 'sandgate-reason',
  diedAt: 'sandgate-died-at',
} as const;

/** The event's id, or for a message that somebody else published without one a fingerprint. */
export const idOf = ({ properties, content }: Message): string =>
  textOf(properties.messageId) ?? createHash('sha256').update(content).digest('hex').slice(0, 32);

export const typeOf = ({ properties, fields }: Message): string => textOf(properties.type) ?? fields.routingKey;

export const attemptsOf = (message: Message): number => {
  const attempts: unknown = headerOf(message, header.attempts);
  return typeof attempts === 'number' && Number.isInteger(attempts) && attempts > 0 ? attempts : 0;
};

export const textOf = (value: unknown): string | undefined =>
  typeof value === 'string' && value !== '' ? value : undefined;

export const headerOf = (message: Message, name: string): unknown => message.properties.headers?.[name];

/** The type of the event that the message first came in by. */
const routingKeyOf = (message: Message): string =>
  textOf(headerOf(message, header.routingKey)) ?? message.fields.routingKey;

export const toDelivery = (message: Message): Delivery => ({
  id: idOf(message),
  body: message.content.toString('utf8'),
  bytes: message.content.length,
  attempts: attemptsOf(message),
});

/** A copy for another queue. Headers are made anew, so that nothing of an earlier life counts on. */
export const copyFor = (
  message: Message,
  target: { exchange: string; routingKey: string },
  headers: OutgoingMessage['headers'] = {},
): OutgoingMessage => ({
  ...target,
  content: message.content,
  id: idOf(message),
  type: typeOf(message),
  headers: { [header.routingKey]: routingKeyOf(message), ...headers },
});

/** A retry says only how often it was tried; what it died of says a dead letter. */
export const retryHeaders = ({ attempts }: Extract<Outcome, { kind: 'retry' }>): OutgoingMessage['headers'] => ({
  [header.attempts]: attempts,
});

export const deadLetterHeaders = (
  consumer: string,
  outcome: Extract<Outcome, { kind: 'dead-letter' }>,
): OutgoingMessage['headers'] => ({
  [header.attempts]: outcome.attempts,
  [header.consumer]: consumer,
  [header.code]: outcome.code,
  [header.reason]: outcome.reason,
  [header.diedAt]: new Date().toISOString(),
});
