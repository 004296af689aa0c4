import type { Channel, Message } from 'amqplib';
import { createBackOff, pause } from '../back-off.js';
import { describeFailure } from '../describe-failure.js';
import type { OutgoingMessage } from './message.js';
import type { Publisher } from './publisher.js';

export interface Settled {
  readonly message: Message;
  /** What goes to another queue in its place; nothing when the message has been dealt with. */
  readonly copy: OutgoingMessage | undefined;
}

export interface SettleOptions {
  /** No earlier message of the channel is still in hand. */
  readonly allUpToLast: boolean;
  /** Until it aborts, a copy that finds no place is tried again: given back, the message would come again at once and count as a death. */
  readonly patience: AbortSignal;
}

/**
 * The only way that a message leaves a queue: what it asked for has been committed, or its copy is safe in another queue. Rejects, with nothing
 * taken off, when a copy is not safe.
 */
export async function settle(
  channel: Channel,
  publisher: Publisher,
  settled: readonly Settled[],
  { allUpToLast, patience }: SettleOptions,
): Promise<void> {
  await putAside(
    publisher,
    settled.flatMap(({ copy }) => (copy ? [copy] : [])),
    patience,
  );
  for (const { message } of allUpToLast ? settled.slice(-1) : settled) channel.ack(message, allUpToLast);
}

async function putAside(
  publisher: Publisher,
  copies: readonly OutgoingMessage[],
  patience: AbortSignal,
): Promise<void> {
  const delays = createBackOff();
  for (let left = copies; left.length > 0; ) {
    const { refused, reason } = await tryToPublish(publisher, left);
    left = refused;
    if (reason === undefined) return;
    if (patience.aborted) throw new Error(reason);
    await pause(delays.next(), patience);
  }
}

async function tryToPublish(
  publisher: Publisher,
  messages: readonly OutgoingMessage[],
): Promise<{ refused: readonly OutgoingMessage[]; reason: string | undefined }> {
  try {
    const refusals = await publisher.publish(messages);
    const ids = new Set(refusals.map(({ id }) => id));
    return { refused: messages.filter(({ id }) => ids.has(id)), reason: refusals[0]?.reason };
  } catch (error) {
    return { refused: messages, reason: describeFailure(error).reason };
  }
}
