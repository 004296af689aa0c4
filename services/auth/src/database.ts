import { openDatabase } from '@sandgate/service-kit';
import { PrismaClient } from './generated/prisma/client.js';

/** Connects as auth's own role, with at most `max` connections. */
export const connect = (url: string, { max }: { max: number }): PrismaClient =>
  openDatabase({ url, schema: 'auth', max }, (adapter) => new PrismaClient({ adapter }));
