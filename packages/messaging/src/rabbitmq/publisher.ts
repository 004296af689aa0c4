import type { ChannelModel } from 'amqplib';
import type { Refusal } from '../transport.js';
import { within } from '../within.js';
import type { KeptConnection } from './connection.js';
import type { OutgoingMessage } from './message.js';
import { PublishChannel, type PublishSettings } from './publish-channel.js';

export interface PublisherOptions extends PublishSettings {
  readonly connection: KeptConnection;
  declare(model: ChannelModel): Promise<void>;
}

export interface Publisher {
  /** Resolves with the messages that are not known to be safe in a queue; perhaps they are. */
  publish(messages: readonly OutgoingMessage[]): Promise<Refusal[]>;
}

interface OpenChannel {
  readonly model: ChannelModel;
  readonly channel: Promise<PublishChannel>;
}

/** At most this much is on its way to the broker at a time. */
const windowMessages = 256;
const windowBytes = 4 * 1024 * 1024;

/** One channel for all that this process publishes, opened again when it is lost or stalls. */
export function createPublisher({ connection, declare, ...settings }: PublisherOptions): Publisher {
  let current: OpenChannel | undefined;
  let queueMissing = false;

  async function usableChannel(): Promise<PublishChannel> {
    const model = connection.usable();
    if (queueMissing) await declare(model);
    queueMissing = false;
    if (current?.model !== model) current = open(model);
    return current.channel;
  }

  function open(model: ChannelModel): OpenChannel {
    const forget = (): void => {
      if (current === opening) current = undefined;
    };
    const returned = (): void => {
      queueMissing = true;
    };
    // A channel also ends when the exchange is gone.
    const ended = (): void => {
      returned();
      forget();
    };
    const created = model.createConfirmChannel();
    const inTime = within(settings.confirmTimeoutMs, created);
    inTime.catch(() => {
      forget();
      // One that opens later would stay open, used by nobody.
      created.then((channel) => channel.close()).catch(() => undefined);
    });
    const opening = {
      model,
      channel: inTime.then((channel) => new PublishChannel(channel, settings, { returned, ended })),
    };
    return opening;
  }

  return {
    async publish(messages) {
      const refusals: Refusal[] = [];
      for (const window of windows(messages)) {
        // A connection that nobody has noticed to be dead must not keep the caller's transaction open.
        const channel = await within(settings.confirmTimeoutMs, usableChannel());
        refusals.push(...(await channel.publish(window)));
      }
      return refusals;
    },
  };
}

function* windows(messages: readonly OutgoingMessage[]): Generator<OutgoingMessage[]> {
  let window: OutgoingMessage[] = [];
  let bytes = 0;
  for (const message of messages) {
    if (window.length === windowMessages || (window.length > 0 && bytes + message.content.length > windowBytes)) {
      yield window;
      window = [];
      bytes = 0;
    }
    window.push(message);
    bytes += message.content.length;
  }
  if (window.length > 0) yield window;
}
