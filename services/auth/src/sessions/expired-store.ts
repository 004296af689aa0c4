import { removeInChunks } from '@sandgate/service-kit';
import type { PrismaClient } from '../generated/prisma/client.js';

/**
 * Removes sessions that have reached their end and used tokens that can no longer verify, in short transactions. A session that is over
 * before, by the idle limit or with its key, opens nothing and stays until then. Answers how many, or undefined when there were none. Safe
 * at the same time on several instances.
 */
export async function removeExpired(
  database: PrismaClient,
): Promise<{ sessions: number; usedTokens: number } | undefined> {
  const sessions = await removeInChunks(
    (atMost) => database.$executeRaw`
      delete from session where token_hash in (
        select token_hash from session where expires_at < now() order by expires_at limit ${atMost}::int for update skip locked)`,
  );
  // Some minutes later than they could: the clock that verifies is not the one that removes.
  const usedTokens = await removeInChunks(
    (atMost) => database.$executeRaw`
      delete from used_token where key in (
        select key from used_token where expires_at < now() - interval '5 minutes' order by expires_at limit ${atMost}::int for update skip locked)`,
  );
  return sessions + usedTokens > 0 ? { sessions, usedTokens } : undefined;
}
