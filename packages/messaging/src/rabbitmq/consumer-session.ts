import { setImmediate as arrivalsAreIn } from 'node:timers/promises';
import type { Channel, ChannelModel, ConsumeMessage } from 'amqplib';
import { describeFailure } from '../describe-failure.js';
import { within } from '../within.js';

export interface SessionOptions {
  readonly queue: string;
  readonly batchSize: number;
  /** Aborts when a stop has no more time. */
  readonly outOfTime: AbortSignal;
  /**
   * Deals with messages and takes them off the queue. When it rejects, the session ends and what is in hand goes back. `patience` aborts when
   * that happens anyway, so that there is nothing left to wait for.
   */
  work(messages: readonly ConsumeMessage[], channel: Channel, patience: AbortSignal): Promise<void>;
}

const farewellMs = 2_000;

/**
 * Consumes on one channel until that ends. Takes one message at a time until one arrives that is not redelivered, and redelivered ones alone
 * ever after: one that kills the process then takes no others with it to the delivery limit.
 */
export class ConsumerSession {
  private readonly over = new AbortController();
  private readonly patience: AbortSignal;
  private readonly waiting: ConsumeMessage[] = [];
  private working: Promise<void> | undefined;
  private tag = '';
  private careful = true;
  private leaving = false;

  private constructor(
    private readonly channel: Channel,
    private readonly options: SessionOptions,
  ) {
    this.patience = AbortSignal.any([this.over.signal, options.outOfTime]);
    channel.on('error', (error) => this.finish(error.message));
    channel.on('close', () => this.finish('channel closed'));
  }

  static async open(model: ChannelModel, options: SessionOptions): Promise<ConsumerSession> {
    const session = new ConsumerSession(await model.createChannel(), options);
    await session.consume(1);
    return session;
  }

  /** Aborts, with the reason, when no more messages come. */
  get ended(): AbortSignal {
    return this.over.signal;
  }

  /** Takes no more, works off what has arrived within `graceMs`, and gives back the rest. */
  async close(graceMs: number): Promise<void> {
    this.leaving = true;
    await attempt(farewellMs, this.channel.cancel(this.tag));
    await attempt(graceMs, this.working);
    await attempt(farewellMs, this.channel.close());
  }

  private async consume(prefetch: number): Promise<void> {
    await this.channel.prefetch(prefetch);
    const { consumerTag } = await this.channel.consume(this.options.queue, (message) => this.arrive(message));
    this.tag = consumerTag;
  }

  private arrive(message: ConsumeMessage | null): void {
    if (message === null) this.finish('the broker cancelled the consumer');
    if (message === null || this.over.signal.aborted) return;
    this.waiting.push(message);
    this.working ??= this.workOff();
  }

  private async workOff(): Promise<void> {
    try {
      await arrivalsAreIn();
      while (this.waiting.length > 0) {
        if (this.careful && this.waiting[0]?.fields.redelivered === false) await this.takeMany();
        await this.options.work(this.nextBatch(), this.channel, this.patience);
      }
    } catch (error) {
      this.finish(describeFailure(error).reason);
    } finally {
      this.working = undefined;
    }
  }

  /** Several that were never delivered before, or one that was. */
  private nextBatch(): ConsumeMessage[] {
    const redelivered = this.waiting.slice(0, this.options.batchSize).findIndex(({ fields }) => fields.redelivered);
    const size = redelivered === -1 ? this.options.batchSize : Math.max(redelivered, 1);
    return this.waiting.splice(0, size);
  }

  /** A prefetch holds for consumers that begin after it, so this one ends and another begins. */
  private async takeMany(): Promise<void> {
    this.careful = false;
    if (this.leaving) return;
    await this.channel.cancel(this.tag);
    await this.consume(2 * this.options.batchSize);
    if (this.leaving) await this.channel.cancel(this.tag);
  }

  private finish(reason: string): void {
    this.waiting.length = 0;
    this.over.abort(new Error(reason));
  }
}

/** What fails on the way out fails because the channel has ended, which is what is wanted. */
const attempt = (ms: number, step: Promise<unknown> | undefined): Promise<unknown> =>
  within(ms, Promise.resolve(step)).catch(() => undefined);
