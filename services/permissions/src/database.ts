import { createHash } from 'node:crypto';
import { PrismaPg } from '@prisma/adapter-pg';
import { PrismaClient } from './generated/prisma/client.js';

/**
 * Connects as permissions' own role, whose `search_path` is its schema, with at most `max` connections. Statements are prepared once
 * per connection: to plan the one that loads what decides takes several times as long as to run it.
 */
export const connect = (url: string, { max }: { max: number }): PrismaClient =>
  new PrismaClient({
    adapter: new PrismaPg(
      { connectionString: url, max },
      { schema: 'permissions', statementNameGenerator: ({ sql }) => nameOf(sql) },
    ),
  });

const names = new Map<string, string>();

/** The name of a prepared statement. There are as many as texts in the stores; should that ever change, the rest stays unprepared. */
function nameOf(sql: string): string {
  const known = names.get(sql);
  if (known !== undefined) return known;
  if (names.size >= 200) return '';
  const name = createHash('sha256').update(sql).digest('base64url').slice(0, 16);
  names.set(sql, name);
  return name;
}
