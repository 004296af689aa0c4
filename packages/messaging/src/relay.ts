import type { ServiceName } from '@sandgate/contracts';
import type { Logger } from 'pino';
import { createBackOff, pause } from './back-off.js';
import { createBell } from './bell.js';
import { describeFailure } from './describe-failure.js';
import type { MessagingMetrics } from './metrics.js';
import type { Outbox } from './outbox.js';
import { claimOutboxRows, deleteOutboxRows, hasOutboxRows, measureOutbox } from './outbox-rows.js';
import { createMemoryPublisher } from './publish-from-memory.js';
import { publishRows } from './publish-rows.js';
import type { Database, SqlClient } from './sql-client.js';
import type { Transport } from './transport.js';

export interface RelayOptions {
  readonly service: ServiceName;
  readonly database: Database;
  readonly outbox: Outbox;
  readonly transport: Transport;
  readonly log: Logger;
  readonly metrics: MessagingMetrics;
  /** Milliseconds between two looks at an outbox that nobody woke. */
  readonly pollMs?: number;
}

export interface Relay {
  /** Finishes the rows in hand. */
  stop(): Promise<void>;
}

const limit = 256;

/** Longer than a publish may take, which gives up by itself. */
const transactionLimits = { timeout: 60_000 };

/**
 * Moves rows from a service's outbox to the transport, for ever. Those that a `wake` brings go to a broker at once, from memory; all others are
 * read, oldest first. A row is deleted only once it is safe in every queue; what a crash or a broker that is away leaves behind is published
 * later, perhaps twice. Any number of relays may work on one outbox.
 */
export function startRelay({
  service,
  database,
  outbox,
  transport,
  log,
  metrics,
  pollMs = 1_000,
}: RelayOptions): Relay {
  const stopping = new AbortController();
  const bell = createBell();
  const memory = createMemoryPublisher({ service, database, transport, log, metrics });
  // From table to table of one database a row takes the same time whether or not it is at hand.
  const isByMemory = transport.queues === 'broker';
  // What another process publishes from memory is left to it for so long.
  const headStartMs = isByMemory ? 2 * pollMs : 0;
  outbox.onWake((rows) => {
    if (stopping.signal.aborted || !isByMemory || !memory.accept(rows)) bell.ring();
  });
  const endWatch = metrics.watchOutbox(service, () => measureOutbox(database));
  let olderThanMs = 0;
  const running = run();

  async function run(): Promise<void> {
    const delays = createBackOff();
    let failures = 0;
    while (!stopping.signal.aborted) {
      const reason = await relayOrWait().catch((error: unknown) => describeFailure(error).reason);
      if (reason === undefined) {
        if (failures > 1) log.info('the outbox is published again');
        failures = 0;
        delays.reset();
      } else {
        metrics.publishFailures.inc({ service });
        // One failure is normal while the broker connection comes up; a long outage needs no line per attempt.
        log[++failures === 2 ? 'warn' : 'debug']({ reason }, 'events stay in the outbox for now');
        await pause(delays.next(), stopping.signal);
      }
    }
  }

  /** Publishes what there is, then waits for more. Resolves with a reason when rows had to stay. */
  async function relayOrWait(): Promise<string | undefined> {
    const { published, refusals } = await database.$transaction(relayOnce, transactionLimits);
    if (published.length > 0) transport.published();
    for (const { type } of published) metrics.published.inc({ service, type });
    if (refusals.length === 0 && published.length < limit) await untilThereAreRows();
    return refusals[0]?.reason;
  }

  async function relayOnce(tx: SqlClient): ReturnType<typeof publishRows> {
    const rows = await claimOutboxRows(tx, { limit, olderThanMs, except: memory.inHand() });
    const outcome = await publishRows(transport, rows, tx);
    await deleteOutboxRows(
      tx,
      outcome.published.map(({ id }) => id),
    );
    return outcome;
  }

  async function untilThereAreRows(): Promise<void> {
    while (!stopping.signal.aborted) {
      const rang = await bell.wait(pollMs, stopping.signal);
      olderThanMs = rang ? 0 : headStartMs;
      if (rang || (await hasOutboxRows(database, olderThanMs))) return;
    }
  }

  return {
    async stop() {
      stopping.abort();
      await running;
      await memory.settled();
      endWatch();
    },
  };
}
