import { randomUUID } from 'node:crypto';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { AccountChanged, UserLoggedIn } from '@sandgate/contracts';
import { declareTopology, type OutgoingEvent, rabbitmqTransport, type Transport } from '@sandgate/messaging';
import { brokerRightsOf } from '@sandgate/standalone';
import { type ConfirmChannel, connect } from 'amqplib';
import { eventually } from '../support/eventually.js';
import { type Broker, startRabbitmq } from '../support/rabbitmq.js';
import { retryDelaysMs } from './carrier.js';
import { aThing, intoOutbox, manyThings, noted, published, ThingNoted, things } from './things.js';
import { log, openWorkshop, recorder, runService, type Workshop } from './workshop.js';

const namespace = 'sandgate';
let broker: Broker;
let workshop: Workshop;
beforeAll(async () => {
  broker = await startRabbitmq();
  await declareTopology({ url: broker.url, namespace, retryDelaysMs });
});
afterAll(() => broker.dispose());
beforeEach(async () => {
  workshop = await openWorkshop();
});
afterEach(() => workshop.close());

const transportOf = (url: string, more: { topology?: typeof things } = {}): Transport => {
  const transport = rabbitmqTransport({ url, namespace, retryDelaysMs, log, ...more });
  workshop.onClose(() => transport.close());
  return transport;
};

const event = (type: string): OutgoingEvent => ({ id: randomUUID(), type, subject: 'somebody', body: '{}' });

/** A new user with the rights that the deployment gives to a service. */
const addServiceUser = async (service: 'directory' | 'dashboard'): Promise<URL> => {
  const { permissions, topics } = brokerRightsOf(service);
  const url = new URL(broker.url);
  url.username = `${service}-${randomUUID()}`;
  await broker.ctl('add_user', url.username, url.password);
  await broker.ctl('set_permissions', url.username, permissions.configure, permissions.write, permissions.read);
  for (const { exchange, write, read } of topics)
    await broker.ctl('set_topic_permissions', url.username, exchange, write, read);
  return url;
};

it('needs no more rights than to read its own queues and to publish its own events', async () => {
  const transport = transportOf((await addServiceUser('directory')).href);
  const { subscription } = recorder('directory.on-user-logged-in');
  const messaging = runService(workshop, { transport, subscriptions: [subscription], maxAttempts: 2 });
  await eventually(async () => expect(await messaging.readiness()).toEqual({ ready: true }));
  const operator = transportOf(broker.url);

  const malformed = event(UserLoggedIn.type);
  await eventually(async () => expect(await operator.publish([malformed], workshop.database)).toEqual([]));
  expect(await transport.publish([event(AccountChanged.type)], workshop.database)).toEqual([]);

  const letters = () => messaging.listDeadLetters(10);
  await eventually(async () => expect(await letters()).toMatchObject([{ id: malformed.id, code: 'event.malformed' }]));
  expect(await messaging.redriveDeadLetters([malformed.id])).toBe(1);
  await eventually(async () => expect(await letters()).toMatchObject([{ id: malformed.id }]));

  const forged = await transport.publish([event(UserLoggedIn.type)], workshop.database);
  expect(forged).toEqual([expect.objectContaining({ reason: expect.stringContaining('channel closed') })]);
});

it('is not ready, and says which queue it misses, where nobody has declared what it may not declare', async () => {
  const vhost = randomUUID();
  await broker.ctl('add_vhost', vhost);
  const url = await addServiceUser('dashboard');
  await broker.ctl('set_permissions', '-p', vhost, url.username, '', '.*', '.*');
  url.pathname = `/${vhost}`;
  const transport = transportOf(url.href);

  await eventually(async () => {
    const { ready, missing } = await transport.readiness(workshop.database);
    expect({ ready, missing }).toEqual({
      ready: false,
      missing: expect.stringContaining("no exchange 'sandgate.events'"),
    });
  });
});

describe('a service that is taken over', () => {
  const queue = 'sandgate.directory.on-user-logged-in';
  const body = Buffer.from('{}');
  let url: URL;
  beforeAll(async () => {
    url = await addServiceUser('dashboard');
  });

  it.each<[string, (channel: ConfirmChannel) => unknown]>([
    ['publish an event of auth', (channel) => channel.publish('sandgate.events', UserLoggedIn.type, body)],
    ['write into the queue of another service', (channel) => channel.publish('sandgate.queues', queue, body)],
    ['write into it past the exchanges', (channel) => channel.sendToQueue(queue, body)],
    ['pass for auth', (channel) => channel.publish('sandgate.events', 'dashboard.x', body, { userId: 'auth' })],
    ['make an exchange that leads there', (channel) => channel.assertExchange('sandgate.dashboard.x', 'fanout')],
    ['lead its own events there', (channel) => channel.bindQueue(queue, 'sandgate.events', 'dashboard.#')],
    ['read what is meant for another', (channel) => channel.get(queue)],
    ['delete a queue', (channel) => channel.deleteQueue(queue)],
  ])('cannot %s', async (_what, attempt) => {
    const model = await connect(url.href);
    const channel = await model.createConfirmChannel();
    const refused = new Promise<never>((_, reject) => channel.on('error', reject));

    const tried = Promise.resolve(attempt(channel)).then(() => channel.waitForConfirms());

    await expect(Promise.race([tried.catch(() => refused), refused])).rejects.toThrow(/ACCESS_REFUSED|user_id/);
    await model.close();
  });
});

it('lets events wait in the outbox while the broker has an alarm, and consumes what it has already', async () => {
  const transport = transportOf(broker.url, { topology: things });
  const publishing = runService(workshop, { transport, service: 'auth' });
  await intoOutbox(workshop.database, ThingNoted, manyThings(400));
  await eventually(async () => expect(await workshop.waitingInOutbox()).toBe(0));
  await broker.ctl('set_vm_memory_high_watermark', '0.00001');
  await intoOutbox(workshop.database, ThingNoted, [aThing({ thing: 'zzz' })]);
  await eventually(async () => expect((await publishing.readiness()).missing).toContain('takes no messages'));

  runService(workshop, { transport, subscriptions: [recorder(noted).subscription] });

  await eventually(async () => expect(await workshop.kept(noted)).toHaveLength(400));
  await expect(transport.publish([published(aThing())], workshop.database)).rejects.toThrow('takes no messages');
  expect(await workshop.waitingInOutbox()).toBe(1);
  await broker.ctl('set_vm_memory_high_watermark', '0.6');
  await eventually(async () => expect(await workshop.kept(noted)).toHaveLength(401), { timeoutMs: 30_000 });
});

it('loses nothing when the broker is killed in the middle of publishing and consuming', async () => {
  const sent = manyThings(6_000);
  runService(workshop, { transport: transportOf(broker.url, { topology: things }), service: 'auth' });
  runService(workshop, {
    transport: transportOf(broker.url, { topology: things }),
    subscriptions: [recorder(noted).subscription],
  });
  await intoOutbox(workshop.database, ThingNoted, sent.slice(0, 5_000));
  await eventually(async () => expect((await workshop.kept(noted)).length).toBeGreaterThan(200));

  await broker.kill9();
  await expect(connect(broker.url)).rejects.toThrow();
  await intoOutbox(workshop.database, ThingNoted, sent.slice(5_000));
  expect(await workshop.waitingInOutbox()).toBeGreaterThanOrEqual(1_000);
  await broker.start();

  await eventually(async () => expect(await workshop.kept(noted)).toHaveLength(sent.length), { timeoutMs: 60_000 });
  await eventually(async () => expect(await workshop.waitingInOutbox()).toBe(0));
});
