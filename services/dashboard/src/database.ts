import { PrismaPg } from '@prisma/adapter-pg';
import { PrismaClient } from './generated/prisma/client.js';

/** A connection pool to this service's own schema; its role's search path leads there. */
export const connect = (url: string, { max }: { max: number }): PrismaClient =>
  new PrismaClient({ adapter: new PrismaPg({ connectionString: url, max }) });
