import { PrismaPg } from '@prisma/adapter-pg';
import { prepareStatements } from '@sandgate/service-kit';
import { PrismaClient } from './generated/prisma/client.js';

/** Connects as auth's own role, whose `search_path` is its schema, with at most `max` connections. */
export function connect(url: string, { max }: { max: number }): PrismaClient {
  const { pool, statementNameGenerator } = prepareStatements(url, { max, scans: 'off' });
  return new PrismaClient({ adapter: new PrismaPg(pool, { schema: 'auth', statementNameGenerator }) });
}
