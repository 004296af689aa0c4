import type { Logger } from './logger.js';
import { StartRefused } from './start-refused.js';

interface Running {
  readonly log: Logger;
  stop(): Promise<void>;
}

/**
 * Runs a process until SIGINT or SIGTERM, and stops it once, however often they come. One that comes during the start aborts `stopping`: the
 * start ends what it has begun and throws the reason, or else it is finished and stopped then. A start that fails ends the process with
 * status 1 after saying why: one that was refused in its own sentence, anything unexpected with its stack.
 */
export async function runProcess(start: (stopping: AbortSignal) => Promise<Running>): Promise<void> {
  const stopping = new AbortController();
  const asked = new Promise<NodeJS.Signals>((resolve) => {
    const stop = (signal: NodeJS.Signals): void => {
      stopping.abort();
      resolve(signal);
    };
    // For good: npm sends a Ctrl-C on that the terminal has sent already, and the second must not kill it while it stops.
    process.on('SIGINT', stop);
    process.on('SIGTERM', stop);
  });
  const running = await start(stopping.signal).catch((error: unknown) => endUnstarted(error, stopping.signal));
  running.log.info({ signal: await asked }, 'stopping');
  await running.stop().catch((error: unknown) => {
    running.log.error({ error }, 'did not stop cleanly');
    process.exit(1);
  });
  process.exit(0);
}

function endUnstarted(error: unknown, stopping: AbortSignal): never {
  if (stopping.aborted && error === stopping.reason) process.exit(0);
  process.stderr.write(
    `${error instanceof StartRefused ? error.message : error instanceof Error ? (error.stack ?? error.message) : String(error)}\n`,
  );
  process.exit(1);
}
