import type { Channel, ChannelModel, ConsumeMessage } from 'amqplib';
import type { Logger } from 'pino';
import { createBackOff, pause } from '../back-off.js';
import { describeFailure } from '../describe-failure.js';
import type { ConsumeOptions, Consumer, Outcome } from '../transport.js';
import { whenAborted } from '../when-aborted.js';
import { within } from '../within.js';
import type { KeptConnection } from './connection.js';
import { ConsumerSession } from './consumer-session.js';
import { copyFor, deadLetterHeaders, type OutgoingMessage, retryHeaders, toDelivery } from './message.js';
import { deadQueue, queuesExchange, type RabbitmqLayout, retryQueueAfter, workQueue } from './names.js';
import type { Publisher } from './publisher.js';
import { settle } from './settle.js';

export interface RabbitmqConsumerOptions extends ConsumeOptions {
  readonly layout: RabbitmqLayout;
  readonly connection: KeptConnection;
  readonly publisher: Publisher;
  declare(model: ChannelModel): Promise<void>;
  readonly log: Logger;
}

/** What is in hand when a session ends may take this long; only then another session begins. */
const lastWorkMs = 60_000;

const farewellMs = 5_000;

/** Consumes a queue, in one session after the other, until it is stopped. */
export function startConsumer(options: RabbitmqConsumerOptions): Consumer {
  const { layout, connection, publisher, queue, batchSize, receive, declare, log } = options;
  const stopping = new AbortController();
  const outOfTime = new AbortController();
  const delays = createBackOff();
  const to = (routingKey: string) => ({ exchange: queuesExchange(layout), routingKey });
  let missing: string | undefined = 'not connected to RabbitMQ yet';
  let graceMs = lastWorkMs;
  const running = run();

  async function run(): Promise<void> {
    let earlier: ChannelModel | undefined;
    while (!stopping.signal.aborted) {
      try {
        const model = await connection.connected(stopping.signal);
        // A new connection has declared everything; when a session ends on one that goes on, its queue may be gone.
        if (model === earlier) await declare(model);
        earlier = model;
        await consumeOn(model);
      } catch (error) {
        lose(describeFailure(error).reason);
      }
      await pause(delays.next(), stopping.signal);
    }
  }

  async function consumeOn(model: ChannelModel): Promise<void> {
    const session = await ConsumerSession.open(model, {
      queue: workQueue(layout, queue),
      batchSize,
      outOfTime: outOfTime.signal,
      work,
    });
    missing = undefined;
    await whenAborted(session.ended, stopping.signal);
    if (session.ended.aborted) lose((session.ended.reason as Error).message);
    await session.close(graceMs);
  }

  async function work(messages: readonly ConsumeMessage[], channel: Channel, patience: AbortSignal): Promise<void> {
    const outcomes = await receive(messages.map(toDelivery), patience);
    const settled = messages.map((message, i) => ({ message, copy: copyOf(message, outcomes[i]) }));
    await settle(channel, publisher, settled, { allUpToLast: true, patience });
    delays.reset();
  }

  /** Where a message goes on to that could not be handled. */
  function copyOf(message: ConsumeMessage, outcome: Outcome | undefined): OutgoingMessage | undefined {
    if (!outcome) throw new Error('a delivery has no outcome');
    if (outcome.kind === 'retry')
      return copyFor(message, to(retryQueueAfter(layout, queue, outcome.attempts)), retryHeaders(outcome));
    if (outcome.kind === 'dead-letter')
      return copyFor(message, to(deadQueue(layout, queue)), deadLetterHeaders(queue, outcome));
    return undefined;
  }

  function lose(reason: string): void {
    missing = reason;
    if (!stopping.signal.aborted) log.warn({ consumer: queue, reason }, 'consuming is interrupted');
  }

  return {
    readiness: () => (missing === undefined ? { ready: true } : { ready: false, missing: `${queue}: ${missing}` }),
    async stop(ms) {
      graceMs = ms;
      stopping.abort();
      const timer = setTimeout(() => outOfTime.abort(new Error('no time left')), ms);
      // A broker that does not answer must not hold up a stop; closing the transport then ends its connections.
      await within(ms + farewellMs, running).catch(() => undefined);
      clearTimeout(timer);
    },
  };
}
