import { afterEach, beforeEach, expect, it } from '@jest/globals';
import {
  type AnySubscription,
  createOutbox,
  type Database,
  type Delivery,
  type OutgoingEvent,
  type Transport,
} from '@sandgate/messaging';
import { eventually } from '../support/eventually.js';
import { aThing, intoOutbox, noted, published, ThingNoted, things } from './things.js';
import { keep, openWorkshop, type Recorder, recorder, runService, type Workshop } from './workshop.js';

type Receive = Parameters<Transport['consume']>[0]['receive'];

let workshop: Workshop;
beforeEach(async () => {
  workshop = await openWorkshop();
});
afterEach(() => workshop.close());

/** The consumer frame of a subscription, as transports call it. */
const frameOf = (
  { subscription }: Recorder,
  settings: { database?: Database; outbox?: ReturnType<typeof createOutbox> } = {},
): Receive => {
  let receive: Receive | undefined;
  const probe: Transport = {
    topology: things,
    queues: 'broker',
    publish: async () => [],
    published: () => undefined,
    consume: (options) => {
      receive = options.receive;
      return { readiness: () => ({ ready: true }), stop: async () => undefined };
    },
    countDeadLetters: async () => 0,
    listDeadLetters: async () => [],
    redriveDeadLetters: async () => 0,
    readiness: async () => ({ ready: true }),
    close: async () => undefined,
  };
  runService(workshop, { transport: probe, subscriptions: [subscription], ...settings });
  if (!receive) throw new Error('the subscription is not consumed');
  return receive;
};

const delivered = ({ id, body }: OutgoingEvent, attempts = 0): Delivery => ({
  id,
  body,
  bytes: Buffer.byteLength(body),
  attempts,
});
const patience = new AbortController().signal;

it('handles the newest of each key and is done with the older ones, in whatever order they come', async () => {
  const handler = recorder(noted);
  const batch = [
    aThing({ thing: 'a', version: 1 }),
    aThing({ thing: 'b', version: 9 }),
    aThing({ thing: 'a', version: 3 }),
    aThing({ thing: 'a', version: 2 }),
    aThing({ thing: 'b', version: 8 }),
  ];

  const outcomes = await frameOf(handler)(
    batch.map((thing) => delivered(published(thing))),
    patience,
  );

  expect(outcomes.map(({ kind }) => kind)).toEqual(['superseded', 'handled', 'handled', 'superseded', 'superseded']);
  expect(handler.batches).toEqual([[batch[1], batch[2]]]);
});

it('has committed, has told who waits in memory, and has handed over what it wrote before a message leaves the queue', async () => {
  const story: string[] = [];
  let handledIn: unknown;
  const outbox = createOutbox();
  outbox.onWake((rows) => story.push(...rows.map(({ subject }) => `woken for ${subject}`)));
  const { subscription } = recorder(noted, async (batch, tx) => {
    await keep(
      tx,
      noted,
      batch.map(({ data }) => data),
    );
    handledIn = tx;
    story.push('handled');
  });
  const tellsOf: AnySubscription = {
    ...subscription,
    async handle(batch, context) {
      await subscription.handle(batch, context);
      context.wrote(await intoOutbox(context.tx, ThingNoted, [aThing({ thing: 'another' })]));
    },
    committed: () => story.push('told'),
  };
  const database: Database = {
    ...workshop.database,
    $transaction: async (work, options) => {
      let own: unknown;
      const result = await workshop.database.$transaction((tx) => work((own = tx)), options);
      // The relay has transactions of its own.
      if (own === handledIn) story.push('committed');
      return result;
    },
  };

  await frameOf({ subscription: tellsOf, batches: [] }, { database, outbox })(
    [delivered(published(aThing()))],
    patience,
  );

  expect(story.slice(0, 4)).toEqual(['handled', 'committed', 'told', 'woken for another']);
  expect(await workshop.kept(noted)).toHaveLength(1);
});

it('counts an event as handled when only what follows its commit throws', async () => {
  const { subscription } = recorder(noted);
  const throwing = {
    ...subscription,
    committed: () => {
      throw new Error('nobody waits');
    },
  };

  const outcomes = await frameOf({ subscription: throwing, batches: [] })([delivered(published(aThing()))], patience);

  expect(outcomes).toEqual([{ kind: 'handled' }]);
});

it('blames no event for a database that is away, and waits for it', async () => {
  let away = true;
  const gone = async (): Promise<never> => {
    throw new Error('connection refused');
  };
  const database: Database = {
    ...workshop.database,
    $queryRaw: (...query) => (away ? gone() : workshop.database.$queryRaw(...query)),
    $transaction: (work, options) => (away ? gone() : workshop.database.$transaction(work, options)),
  };
  let outcomes: unknown;

  const received = frameOf(recorder(noted), { database })(
    [delivered(published(aThing({ thing: 'patient' })), 4)],
    patience,
  );
  received.then(
    (decided) => {
      outcomes = decided;
    },
    () => undefined,
  );
  await new Promise((resolve) => setTimeout(resolve, 300));
  expect(outcomes).toBeUndefined();
  away = false;

  await eventually(() => expect(outcomes).toEqual([{ kind: 'handled' }]));
  expect(await workshop.kept(noted)).toMatchObject([{ thing: 'patient' }]);
});

it('gives up waiting for a database when a stop has no more time, and leaves the messages in the queue', async () => {
  const gone = async (): Promise<never> => {
    throw new Error('connection refused');
  };
  const database: Database = { ...workshop.database, $queryRaw: gone, $transaction: gone };
  const outOfTime = new AbortController();

  const received = frameOf(recorder(noted), { database })([delivered(published(aThing()))], outOfTime.signal);
  outOfTime.abort(new Error('no time left'));

  await expect(received).rejects.toThrow('no time left');
});

it('blames the event whose handler takes the database down every time', async () => {
  let answers = true;
  const database: Database = {
    ...workshop.database,
    $queryRaw: async (strings, ...values) => {
      const isDown = !answers && strings.join('') === 'select 1';
      if (isDown) answers = true;
      if (isDown) throw new Error('terminating connection');
      return workshop.database.$queryRaw(strings, ...values);
    },
  };
  const killer = recorder(noted, async () => {
    if (killer.batches.length > 20) return;
    answers = false;
    throw new Error('server closed the connection');
  });

  const outcomes = await frameOf(killer, { database })([delivered(published(aThing()))], patience);

  expect(outcomes).toMatchObject([{ kind: 'retry', attempts: 1 }]);
});
