import { subscriptions } from '@sandgate/contracts';
import { type ConfirmChannel, connect } from 'amqplib';
import { within } from '../support/eventually.js';

/** What the services call their exchanges and queues on a broker. */
export const eventsExchange = 'sandgate.events';
export const workQueue = (subscription: string): string => `sandgate.${subscription}`;
const deadQueue = (subscription: string): string => `sandgate.${subscription}.dead`;
const retryQueues = (subscription: string): string[] =>
  ['1s', '10s', '60s'].map((delay) => `sandgate.${subscription}.retry.${delay}`);

/** Runs `work` on a channel of its own connection. */
export async function onChannel<T>(url: string, work: (channel: ConfirmChannel) => Promise<T>): Promise<T> {
  const connection = await connect(url);
  // Whatever was asked for rejects with the same error.
  connection.on('error', () => undefined);
  try {
    const channel = await connection.createConfirmChannel();
    channel.on('error', () => undefined);
    return await work(channel);
  } finally {
    await connection.close();
  }
}

export interface QueueCounts {
  /** Messages that wait in work queues and retry queues. */
  readonly waiting: number;
  /** Dead letters by the subscription that they were for, where there are any. */
  readonly dead: Readonly<Record<string, number>>;
}

/** A broker that keeps an answer back is asked anew, and who waits in vain learns for what. */
const answerMs = 5_000;

/** Messages that nobody has in hand. Once no consumer is connected, these are all. */
export const countQueues = (url: string): Promise<QueueCounts> =>
  onChannel(url, async (channel) => {
    const count = async (queue: string): Promise<number> => {
      const checked = await within(answerMs, () => channel.checkQueue(queue), `No word of what is in ${queue}`);
      return checked.messageCount;
    };
    const dead: Record<string, number> = {};
    let waiting = 0;
    for (const subscription of Object.keys(subscriptions)) {
      for (const queue of [workQueue(subscription), ...retryQueues(subscription)]) waiting += await count(queue);
      const letters = await count(deadQueue(subscription));
      if (letters > 0) dead[subscription] = letters;
    }
    return { waiting, dead };
  });
