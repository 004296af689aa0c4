import type { ServiceName, SubscriptionName } from '@sandgate/contracts';
import { eventually } from '@sandgate/tests';
import { accountChanged, eventsWithRepeats, userLoggedIn } from '../client/sandgate-events.js';
import { type Figure, perSecond, ratioOf } from '../figure.js';
import { workQueueOf } from '../stage/broker.js';
import { Closing } from '../stage/closing.js';
import type { Database } from '../stage/database.js';
import { startProgram } from '../stage/processes.js';
import type { Stage } from '../stage/stage.js';
import { System } from '../stage/system.js';
import { compare } from '../statistics.js';

const amount = { accounts: 16_000, repeats: 2_000 };
const rounds = 3;
const bar = 3_000;

interface Consumer {
  readonly service: Extract<ServiceName, 'directory' | 'permissions'>;
  readonly subscription: SubscriptionName;
  readonly routingKey: string;
  readonly make: (accountId: string, number: number) => string;
}

const consumers: readonly Consumer[] = [
  {
    service: 'directory',
    subscription: 'directory.on-user-logged-in',
    routingKey: 'auth.user-logged-in.v1',
    make: userLoggedIn,
  },
  {
    service: 'permissions',
    subscription: 'permissions.on-account-changed',
    routingKey: 'directory.account-changed.v1',
    make: accountChanged,
  },
];

/** How fast one instance works off a full queue. Its start is left out: the clock runs from the first events that it has applied. */
export async function measureEvents(stage: Stage, closing: Closing): Promise<Figure[]> {
  const figures: Figure[] = [];
  for (const consumer of consumers) {
    const system = await System.prepare(stage, closing);
    const bareDatabase = await stage.emptyDatabase(closing);
    await bareDatabase.query('create table public.applied (id uuid primary key, state jsonb not null)');
    const { ours, bare, ratio } = await compare(
      rounds,
      () => applyByService(system, consumer),
      () => applyBare(system, bareDatabase, consumer),
    );
    figures.push({
      what: `events applied by ${consumer.service}, one instance, through RabbitMQ${consumer.service === 'directory' ? ', and announced' : ''}`,
      measured: perSecond(ours),
      bare: perSecond(bare),
      ratio: ratioOf(ratio),
      bar: perSecond(bar),
      met: ours >= bar,
    });
  }
  return figures;
}

/** Every round with accounts that nobody has seen yet. */
async function applyByService(system: System, { service, subscription, routingKey, make }: Consumer): Promise<number> {
  const closing = new Closing();
  const { database, broker } = system;
  await broker.purge();
  const events = eventsWithRepeats(make, amount);
  await broker.publish({ routingKey }, events);
  const waiting = await broker.depth(workQueueOf(subscription));
  if (waiting !== events.length) throw new Error(`${waiting} of ${events.length} events are in the queue`);
  const before = await database.number(`select count(*) from ${service}.account`);
  await system.start(service, closing);
  const waitingToBePublished = `select count(*) from ${service}.outbox`;
  const rate = await rateOf(events.length, async () => ({
    applied: (await database.number(`select count(*) from ${service}.account`)) - before,
    left: await database.number(waitingToBePublished),
  }));
  await closing.closeAll();
  return rate;
}

async function applyBare(system: System, database: Database, { make }: Consumer): Promise<number> {
  const closing = new Closing();
  const queue = await system.broker.makeQueue(closing);
  const events = eventsWithRepeats(make, amount);
  await system.broker.publish({ queue }, events);
  const before = await database.number('select count(*) from public.applied');
  const env = { AMQP_URL: system.broker.url, DATABASE_URL: database.url, QUEUE: queue };
  await startProgram({ file: 'tests/dist/bench/bare/event-consumer.js', env, isReady: async () => undefined }, closing);
  const rate = await rateOf(events.length, async () => ({
    applied: (await database.number('select count(*) from public.applied')) - before,
    left: 0,
  }));
  await closing.closeAll();
  return rate;
}

const patience = { timeoutMs: 60_000, everyMs: 10 };

/** Events a second from the first that are seen to be applied until all are, and nothing is left to publish. */
async function rateOf(events: number, look: () => Promise<{ applied: number; left: number }>): Promise<number> {
  const mustHave = (applied: number): Promise<number> =>
    eventually(async () => {
      const seen = await look();
      if (seen.applied < applied || (applied === amount.accounts && seen.left > 0))
        throw new Error(`applied ${seen.applied}, left ${seen.left}`);
      return seen.applied;
    }, patience);
  const first = await mustHave(1);
  const start = performance.now();
  await mustHave(amount.accounts);
  const share = (amount.accounts - first) / amount.accounts;
  return (events * share * 1000) / (performance.now() - start);
}
