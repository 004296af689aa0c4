import type { Logger } from './logger.js';
import { StartRefused } from './start-refused.js';

/**
 * Runs a process until SIGINT or SIGTERM. A start that fails ends it with status 1 after saying why: one that
 * was refused in its own sentence, anything unexpected with its stack.
 */
export async function runProcess(start: () => Promise<{ stop(): Promise<void>; log: Logger }>): Promise<void> {
  try {
    const running = await start();
    const end = (signal: NodeJS.Signals): void => {
      running.log.info({ signal }, 'stopping');
      running.stop().then(
        () => process.exit(0),
        (error: unknown) => {
          running.log.error({ error }, 'did not stop cleanly');
          process.exit(1);
        },
      );
    };
    process.once('SIGINT', end);
    process.once('SIGTERM', end);
  } catch (error) {
    process.stderr.write(
      `${error instanceof StartRefused ? error.message : error instanceof Error ? (error.stack ?? error.message) : String(error)}\n`,
    );
    process.exit(1);
  }
}
