import { PrismaPg } from '@prisma/adapter-pg';
import { createStatementNames } from '@sandgate/service-kit';
import { PrismaClient } from './generated/prisma/client.js';

/**
 * Connects as permissions' own role, whose `search_path` is its schema, with at most `max` connections. Statements are prepared once
 * per connection: to plan the one that loads what decides takes several times as long as to run it.
 */
export function connect(url: string, { max }: { max: number }): PrismaClient {
  const names = createStatementNames(200);
  const statementNameGenerator = ({ sql }: { sql: string }): string => names.nameOf(sql) ?? '';
  const pool = { connectionString: url, max };
  return new PrismaClient({ adapter: new PrismaPg(pool, { schema: 'permissions', statementNameGenerator }) });
}
