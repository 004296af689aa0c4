import { StartRefused } from '@sandgate/service-kit';

/** Runs a one-off to its end. One that fails says why, one that was refused in its own sentence, and ends with status 1. */
export async function runOnce(work: () => Promise<void>): Promise<void> {
  try {
    await work();
  } catch (error) {
    const said = error instanceof Error ? (error.stack ?? error.message) : String(error);
    process.stderr.write(`${error instanceof StartRefused ? error.message : said}\n`);
    process.exitCode = 1;
  }
}
