import type { ConfirmChannel, Message } from 'amqplib';
import type { Refusal } from '../transport.js';
import { within } from '../within.js';
import type { OutgoingMessage } from './message.js';
import { writeTogether } from './write-together.js';

export interface PublishSettings {
  /** The broker checks that it is the connection's own user, so that a message tells who published it. */
  readonly userId: string;
  /** Milliseconds that the broker has to confirm a window of messages. */
  readonly confirmTimeoutMs: number;
}

export interface PublishChannelEvents {
  /** A message found no queue. */
  returned(): void;
  /** The channel takes no more messages. */
  ended(): void;
}

/** A confirm channel on which a message that the broker returned as unroutable counts as refused, although it is confirmed. */
export class PublishChannel {
  private readonly returned = new Set<string>();

  constructor(
    private readonly channel: ConfirmChannel,
    private readonly settings: PublishSettings,
    private readonly events: PublishChannelEvents,
  ) {
    // The close that follows says it all.
    channel.on('error', () => undefined);
    channel.on('close', events.ended);
    // The return of a message arrives before its confirm.
    channel.on('return', ({ fields, properties }: Message) => this.returned.add(keyOf(fields, properties.messageId)));
  }

  async publish(messages: readonly OutgoingMessage[]): Promise<Refusal[]> {
    writeTogether(this.channel);
    const reasons: (string | undefined)[] = messages.map(() => 'the broker did not confirm it in time');
    const confirms = messages.map(async (message, i) => {
      reasons[i] = await this.confirm(message).catch((error: Error) => error.message);
    });
    await within(this.settings.confirmTimeoutMs, Promise.all(confirms)).catch(() => this.giveUp());
    return messages.flatMap(({ id }, i) => (reasons[i] === undefined ? [] : [{ id, reason: reasons[i] }]));
  }

  /** Resolves with the reason if the message is not safe. */
  private confirm({ exchange, routingKey, content, id, type, headers }: OutgoingMessage): Promise<string | undefined> {
    const options = {
      persistent: true,
      mandatory: true,
      messageId: id,
      type,
      headers,
      userId: this.settings.userId,
      contentType: 'application/cloudevents+json',
    };
    return new Promise((resolve) => {
      this.channel.publish(exchange, routingKey, content, options, (error: Error | null) => {
        const isReturned = this.returned.delete(keyOf({ exchange, routingKey }, id));
        if (isReturned) this.events.returned();
        resolve(isReturned ? `no queue takes ${routingKey}` : error?.message);
      });
    });
  }

  /** What was sent may still arrive; sent again, it arrives twice. Late confirms on this channel must not be taken for those. */
  private giveUp(): void {
    this.events.ended();
    // An answer may never come, and does not matter.
    this.channel.close().catch(() => undefined);
  }
}

const keyOf = ({ exchange, routingKey }: { exchange: string; routingKey: string }, id: unknown): string =>
  `${exchange} ${routingKey} ${String(id)}`;
