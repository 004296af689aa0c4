import type { Logger } from 'pino';

/** Something that a service does by itself again and again. Every instance runs it, so it must be safe at the same time on several. */
export interface Job {
  readonly name: string;
  readonly everySeconds: number;
  run(): Promise<Record<string, unknown> | undefined>;
}

/** Runs a job until stopped; a failure is logged and the next turn tries again. `stop` waits for the turn in hand. */
export function startJob(job: Job, log: Logger): { stop(): Promise<void> } {
  let turn: Promise<void> = Promise.resolve();
  const run = async (): Promise<void> => {
    try {
      const outcome = await job.run();
      if (outcome) log.info({ job: job.name, ...outcome });
    } catch (error) {
      log.warn({ job: job.name, error });
    }
  };
  const timer = setInterval(() => {
    turn = turn.then(run);
  }, job.everySeconds * 1000);
  timer.unref();
  return {
    async stop() {
      clearInterval(timer);
      await turn;
    },
  };
}
