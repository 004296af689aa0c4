import { PrismaPg } from '@prisma/adapter-pg';
import { PrismaClient } from './generated/prisma/client.js';

/** Connects as directory's own role, whose `search_path` is its schema, with at most `max` connections. */
export const connect = (url: string, { max }: { max: number }): PrismaClient =>
  new PrismaClient({ adapter: new PrismaPg({ connectionString: url, max }, { schema: 'directory' }) });
