import { EventEmitter, once } from 'node:events';
import { type ChannelModel, connect } from 'amqplib';
import type { Logger } from 'pino';
import { createBackOff, pause } from '../back-off.js';
import { describeFailure } from '../describe-failure.js';
import { whenAborted } from '../when-aborted.js';
import { within } from '../within.js';

export interface KeptConnection {
  /** The prepared connection, as soon as there is one. Rejects when `signal` aborts. */
  connected(signal: AbortSignal): Promise<ChannelModel>;
  /** The connection if the broker takes messages from it; throws with the reason if not. */
  usable(): ChannelModel;
  /** Why it is not usable. */
  trouble(): string | undefined;
  close(): Promise<void>;
}

export interface ConnectionOptions {
  readonly url: string;
  /** Shown by the broker beside the connection. */
  readonly name: string;
  /** Runs after every connect, before anybody gets to see the connection. */
  prepare(model: ChannelModel): Promise<void>;
  readonly log: Logger;
}

const handshakeMs = 10_000;
const prepareMs = 30_000;
const farewellMs = 2_000;
const heartbeatSeconds = 10;

/** Connects, and again whenever the connection is lost, until it is closed. */
export function keepConnected({ url, name, prepare, log }: ConnectionOptions): KeptConnection {
  const stopping = new AbortController();
  const changes = new EventEmitter().setMaxListeners(0);
  let model: ChannelModel | undefined;
  let trouble: string | undefined = 'not connected to RabbitMQ yet';
  const running = run();

  async function run(): Promise<void> {
    const delays = createBackOff();
    while (!stopping.signal.aborted) {
      await serveOneConnection(delays.reset).catch((error: unknown) => note(describeFailure(error).reason));
      await pause(delays.next(), stopping.signal);
    }
  }

  /** Resolves or rejects when the connection is gone. */
  async function serveOneConnection(established: () => void): Promise<void> {
    // Ends the socket also where a farewell gets no answer, be it in the middle of the handshake.
    const socket = new AbortController();
    const hangUp = (): void => socket.abort();
    stopping.signal.addEventListener('abort', hangUp);
    const options = {
      timeout: handshakeMs,
      noDelay: true,
      signal: socket.signal,
      clientProperties: { connection_name: name },
    };
    const opened = await connect(withHeartbeat(url), options).finally(() =>
      stopping.signal.removeEventListener('abort', hangUp),
    );
    const gone = whenGone(opened);
    opened.on('blocked', (reason) => note(`the broker takes no messages: ${reason}`));
    opened.on('unblocked', () => note(undefined));
    try {
      await within(prepareMs, Promise.race([prepare(opened), gone]));
      established();
      show(opened);
      await Promise.race([gone, whenAborted(stopping.signal)]);
    } finally {
      model = undefined;
      // It may be closed already, or its broker may not answer any more; the socket ends in any case.
      await within(farewellMs, opened.close()).catch(() => undefined);
      hangUp();
    }
  }

  function show(opened: ChannelModel): void {
    note(undefined);
    model = opened;
    changes.emit('connected');
  }

  function note(reason: string | undefined): void {
    if (reason === trouble || stopping.signal.aborted) return;
    if (reason === undefined) log.info({ connection: name }, 'RabbitMQ takes messages');
    else log.warn({ connection: name, reason }, 'RabbitMQ');
    trouble = reason;
  }

  return {
    async connected(signal) {
      while (!model) await once(changes, 'connected', { signal: AbortSignal.any([signal, stopping.signal]) });
      return model;
    },
    usable() {
      if (!model || trouble) throw new Error(trouble ?? 'not connected to RabbitMQ');
      return model;
    },
    trouble: () => trouble,
    async close() {
      stopping.abort();
      await running;
    },
  };
}

/** Rejects with the reason when the connection ends by itself, or because of what it was asked to do. */
function whenGone(model: ChannelModel): Promise<never> {
  let reason = 'connection closed';
  model.on('error', (error) => {
    reason = error.message;
  });
  const gone = new Promise<never>((_, reject) =>
    model.once('close', (error) => reject(new Error(error?.message ?? reason))),
  );
  // Nobody may be waiting for it when it happens.
  gone.catch(() => undefined);
  return gone;
}

function withHeartbeat(url: string): string {
  const parsed = new URL(url);
  if (!parsed.searchParams.has('heartbeat')) parsed.searchParams.set('heartbeat', String(heartbeatSeconds));
  return parsed.href;
}
