import { setTimeout as sleep } from 'node:timers/promises';
import type { Database } from '@sandgate/messaging';

const attempts = 5;
const pauseMs = 1_000;

/** Where everything starts at once, the first connection may take too long. Throws the reason when the database cannot be used at all. */
export async function waitForDatabase(database: Database): Promise<void> {
  for (let attempt = 1; ; attempt += 1) {
    try {
      await database.$queryRaw`select 1`;
      return;
    } catch (error) {
      if (attempt === attempts) throw error;
      await sleep(pauseMs);
    }
  }
}
