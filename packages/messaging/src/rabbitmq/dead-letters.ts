import { setTimeout as sleep } from 'node:timers/promises';
import { type DeadLetter, EventEnvelope, errorCatalogue } from '@sandgate/contracts';
import type { Channel, ChannelModel, GetMessage, Message } from 'amqplib';
import { attemptsOf, copyFor, header, headerOf, idOf, textOf, typeOf } from './message.js';
import { deadQueue, queuesExchange, type RabbitmqLayout, workQueue } from './names.js';
import type { Publisher } from './publisher.js';
import { type SettleOptions, settle } from './settle.js';

/** Looks through a dead-letter queue. What is looked at goes back to its place when the channel closes. */
async function withDeadLetters<T>(model: ChannelModel, look: (channel: Channel) => Promise<T>): Promise<T> {
  const channel = await model.createChannel();
  // The operation under way rejects with the same error.
  channel.on('error', () => undefined);
  return look(channel).finally(() => channel.close().catch(() => undefined));
}

export const countDeadLetters = (model: ChannelModel, layout: RabbitmqLayout, queue: string): Promise<number> =>
  withDeadLetters(model, async (channel) => (await channel.checkQueue(deadQueue(layout, queue))).messageCount);

export const listDeadLetters = (
  model: ChannelModel,
  layout: RabbitmqLayout,
  queue: string,
  limit: number,
): Promise<DeadLetter[]> =>
  withDeadLetters(model, async (channel) => {
    const messages = await take(channel, deadQueue(layout, queue), limit);
    return messages.map((message) => toDeadLetter(message, queue, layout));
  });

export interface Redrive {
  readonly model: ChannelModel;
  readonly layout: RabbitmqLayout;
  readonly queue: string;
  readonly ids: readonly string[] | undefined;
  readonly publisher: Publisher;
}

/** So many are in memory at a time. */
const roundSize = 500;

/** A quorum queue may forget acknowledgements of a channel that closes with more than 32 of them on their way; a confirm between them helps. */
const acknowledgedTogether = 16;

/** No more rounds than there are letters for: one that dies again at once is left for the next time. */
export const redriveDeadLetters = ({ model, layout, queue, ids, publisher }: Redrive): Promise<number> =>
  withDeadLetters(model, async (channel) => {
    const target = { exchange: queuesExchange(layout), routingKey: workQueue(layout, queue) };
    const isChosen = (message: Message): boolean => ids === undefined || ids.includes(idOf(message));
    const { messageCount } = await channel.checkQueue(deadQueue(layout, queue));
    let redriven = 0;
    for (let left = Math.max(messageCount, 1); left > 0; left -= roundSize) {
      const chosen = (await take(channel, deadQueue(layout, queue), roundSize)).filter(isChosen);
      const settled = chosen.map((message) => ({ message, copy: copyFor(message, target) }));
      for (let i = 0; i < settled.length; i += acknowledgedTogether)
        await settle(channel, publisher, settled.slice(i, i + acknowledgedTogether), once);
      redriven += chosen.length;
    }
    return redriven;
  });

const once: SettleOptions = { allUpToLast: false, patience: AbortSignal.abort() };

/** What somebody else has just looked at is back in its place after this time. */
const comebackMs = 100;

/** The oldest messages of a queue, up to `limit`; they are in hand until the channel closes. */
async function take(channel: Channel, queue: string, limit: number): Promise<GetMessage[]> {
  const messages: GetMessage[] = [];
  for (let empty = false; messages.length < limit; ) {
    const message = await channel.get(queue);
    if (message) messages.push(message);
    if (!message && empty) break;
    if (!message) await sleep(comebackMs);
    empty = !message;
  }
  return messages;
}

/** A letter without a code was dead-lettered by the broker itself, at the delivery limit. */
function toDeadLetter(message: Message, queue: string, { deliveryLimit }: RabbitmqLayout): DeadLetter {
  const code = textOf(headerOf(message, header.code));
  const deadByBroker = code === undefined;
  return {
    id: idOf(message),
    consumer: textOf(headerOf(message, header.consumer)) ?? queue,
    type: typeOf(message),
    subject: subjectOf(message),
    code: code ?? 'event.consumer_died',
    reason: textOf(headerOf(message, header.reason)) ?? errorCatalogue['event.consumer_died'].message,
    attempts: attemptsOf(message) + (deadByBroker ? deliveryLimit + 1 : 0),
    diedAt: textOf(headerOf(message, header.diedAt)) ?? diedAtBroker(message),
  };
}

function diedAtBroker({ properties }: Message): string {
  const seconds = properties.headers?.['x-death']?.[0]?.time.value;
  return new Date((seconds ?? 0) * 1_000).toISOString();
}

/** Of a message that cannot be read the subject is not known. */
function subjectOf({ content }: Message): string {
  try {
    const { data } = EventEnvelope.pick({ subject: true }).safeParse(JSON.parse(content.toString('utf8')));
    return data?.subject ?? '';
  } catch (error) {
    if (error instanceof SyntaxError) return '';
    throw error;
  }
}
