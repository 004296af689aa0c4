import { readdir, readFile } from 'node:fs/promises';
import type { ServiceName } from '@sandgate/contracts';
import {
  type AnySubscription,
  createOutbox,
  type Database,
  type Outbox,
  type ReceivedEvent,
  type RunningMessaging,
  type SqlClient,
  startMessaging,
  type Transport,
} from '@sandgate/messaging';
import { pino } from 'pino';
import { Registry } from 'prom-client';
import { emptyDatabase } from '../support/postgres.js';
import { pgDatabase } from './pg-database.js';
import type { ThingNoted } from './things.js';

export const log = pino({ level: process.env['LOG_LEVEL'] ?? 'silent' });

export interface Kept {
  readonly thing: string;
  readonly version: number;
  /** How many events raised the version. */
  readonly raised: number;
}

/** A database with an outbox, the queues of the embedded transport, and a table that the handlers of the suite write to. */
export interface Workshop {
  readonly url: string;
  readonly database: Database;
  kept(consumer: string): Promise<Kept[]>;
  waitingInOutbox(): Promise<number>;
  /** Ends everything that was started in it, then itself. */
  close(): Promise<void>;
  /** To be ended before the database goes, last come first. */
  onClose(end: () => Promise<unknown>): void;
}

export const openWorkshop = async (): Promise<Workshop> => {
  const { adminUrl, drop } = await emptyDatabase();
  const database = pgDatabase(adminUrl);
  await createTables(database);
  const ends: (() => Promise<unknown>)[] = [];
  return {
    url: adminUrl,
    database,
    kept: async (consumer) =>
      database.$queryRaw<Kept[]>`select thing, version, raised from kept where consumer = ${consumer} order by thing`,
    async waitingInOutbox() {
      const [row] = await database.$queryRaw<{ count: number }[]>`select count(*)::int as count from outbox`;
      return row?.count ?? 0;
    },
    onClose: (end) => {
      ends.push(end);
    },
    async close() {
      for (const end of ends.reverse()) await end();
      await database.$disconnect();
      await drop();
    },
  };
};

const migrations = new URL('../../prisma/messaging/migrations/', import.meta.url);

const createTables = async (database: Database): Promise<void> => {
  await database.$executeRaw`
    create table outbox (
      sequence bigint generated always as identity primary key, id uuid not null unique, type text not null,
      subject text not null, data jsonb not null, traceparent text not null, created_at timestamptz not null default now()
    )`;
  await database.$executeRaw`
    create table kept (
      consumer text not null, thing text not null, version int not null, raised int not null default 1, primary key (consumer, thing)
    )`;
  await database.$executeRaw`create schema messaging`;
  for (const entry of (await readdir(migrations, { withFileTypes: true })).filter((one) => one.isDirectory())) {
    const sql = await readFile(new URL(`${entry.name}/migration.sql`, migrations), 'utf8');
    await database.$executeRaw(Object.assign([sql], { raw: [sql] }));
  }
};

/** Keeps the newest version of each thing, in one statement. */
export const keep = async (
  tx: SqlClient,
  consumer: string,
  things: readonly { thing: string; version: number }[],
): Promise<void> => {
  await tx.$executeRaw`
    insert into kept (consumer, thing, version)
    select ${consumer}, thing, version from jsonb_to_recordset(${JSON.stringify(things)}::jsonb) as noted (thing text, version int)
    on conflict (consumer, thing) do update set version = excluded.version, raised = kept.raised + 1
    where kept.version < excluded.version`;
};

export interface Recorder {
  readonly subscription: AnySubscription;
  /** The batches that `handle` was called with, also those that failed. */
  readonly batches: ThingNoted[][];
}

type Handle = (batch: readonly ReceivedEvent<ThingNoted>[], tx: SqlClient) => Promise<void>;

/** A subscription that records what it is given and keeps it, unless it is told to do something else. */
export const recorder = (name: string, handle?: Handle): Recorder => {
  const batches: ThingNoted[][] = [];
  const subscription: AnySubscription = {
    name,
    newestPer: ({ thing, version }: ThingNoted) => ({ key: thing, version }),
    async handle(batch: readonly ReceivedEvent<ThingNoted>[], { tx }: { tx: SqlClient }) {
      const received = batch.map(({ data }) => data);
      batches.push(received);
      if (handle) await handle(batch, tx);
      else await keep(tx, name, received);
    },
  };
  return { subscription, batches };
};

export interface ServiceSettings {
  readonly transport: Transport;
  readonly service?: ServiceName;
  readonly subscriptions?: readonly AnySubscription[];
  readonly database?: Database;
  readonly outbox?: Outbox;
  readonly maxAttempts?: number;
  readonly registry?: Registry;
  readonly pollMs?: number;
}

/** The messaging of a service in the workshop. */
export const runService = (workshop: Workshop, settings: ServiceSettings): RunningMessaging => {
  const messaging = startMessaging({
    service: 'directory',
    database: workshop.database,
    outbox: createOutbox(),
    subscriptions: [],
    registry: new Registry(),
    log,
    pollMs: 50,
    ...settings,
  });
  workshop.onClose(() => messaging.stop());
  return messaging;
};
