import type { PrismaClient } from '../generated/prisma/client.js';

const chunk = 5000;
/** So that one turn does not take for ever after a long stop. */
const maxChunks = 200;

/**
 * Removes sessions that are over and used tokens that can no longer verify, in short transactions. Answers how many, or undefined when
 * there were none. Safe at the same time on several instances.
 */
export async function removeExpired(
  database: PrismaClient,
): Promise<{ sessions: number; usedTokens: number } | undefined> {
  const sessions = await inChunks(
    () => database.$executeRaw`
      delete from session where token_hash in (
        select token_hash from session where expires_at < now() order by expires_at limit ${chunk} for update skip locked)`,
  );
  // Some minutes later than they could: the clock that verifies is not the one that removes.
  const usedTokens = await inChunks(
    () => database.$executeRaw`
      delete from used_token where key in (
        select key from used_token where expires_at < now() - interval '5 minutes' order by expires_at limit ${chunk} for update skip locked)`,
  );
  return sessions + usedTokens > 0 ? { sessions, usedTokens } : undefined;
}

async function inChunks(removeChunk: () => PromiseLike<number>): Promise<number> {
  let removed = 0;
  for (let turn = 0; turn < maxChunks; turn += 1) {
    const count = await removeChunk();
    removed += count;
    if (count < chunk) break;
  }
  return removed;
}
