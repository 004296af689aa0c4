import type { Writable } from 'node:stream';
import type { Channel } from 'amqplib';

/**
 * Lets what is published until the next turn of the event loop leave in one write. amqplib hands each message to the socket by itself, two
 * turns later at the latest, and each would be a system call here and a packet for the broker. Its socket is no part of its promises: where
 * there is none to be found, messages are written one by one.
 */
export function writeTogether(channel: Channel): void {
  const { stream } = channel.connection as { stream?: Partial<Pick<Writable, 'cork' | 'uncork'>> };
  if (!stream?.cork || !stream.uncork) return;
  const uncork = stream.uncork.bind(stream);
  stream.cork();
  setImmediate(() => setImmediate(uncork));
}
