import { PrismaPg } from '@prisma/adapter-pg';
import { createStatementNames } from '@sandgate/service-kit';
import { PrismaClient } from './generated/prisma/client.js';

/**
 * Connects to auth's own schema. Statements are prepared once per connection: planning the sign-in would take longer than running it.
 * A prepared plan outlives the size of the tables for which it was made, so plans that only suit small tables are ruled out.
 */
export function connect(url: string, { max }: { max: number }): PrismaClient {
  const options = '-c enable_seqscan=off -c jit=off';
  const pool = { connectionString: url, max, options, connectionTimeoutMillis: 5000 };
  const names = createStatementNames(200);
  const statementNameGenerator = ({ sql }: { sql: string }): string => names.nameOf(sql) ?? '';
  return new PrismaClient({ adapter: new PrismaPg(pool, { schema: 'auth', statementNameGenerator }) });
}
