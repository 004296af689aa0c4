import { afterAll, beforeAll, expect, it } from '@jest/globals';
import { type Channel, type ChannelModel, connect } from 'amqplib';
import { type Broker, rabbitmq, startRabbitmq } from './rabbitmq.js';

let broker: Broker;
beforeAll(async () => {
  broker = await startRabbitmq();
}, 300_000);
afterAll(() => broker.dispose());

const withChannel = async <T>(url: string, work: (channel: Channel) => Promise<T>): Promise<T> => {
  const connection: ChannelModel = await connect(url);
  // A broker that is killed ends the connection with an error that nobody else waits for.
  connection.on('error', () => undefined);
  try {
    return await work(await connection.createChannel());
  } finally {
    await connection.close();
  }
};

it('starts a broker of its own that is not the one of the run', async () => {
  expect(broker.url).not.toBe(rabbitmq().url);
  expect(await broker.ctl('list_vhosts')).toContain('/');
});

it('keeps a quorum queue over being killed and started again', async () => {
  await withChannel(broker.url, (channel) =>
    channel.assertQueue('kept', { durable: true, arguments: { 'x-queue-type': 'quorum' } }),
  );

  await broker.kill9();
  await expect(connect(broker.url)).rejects.toThrow();
  await broker.start();

  await expect(withChannel(broker.url, (channel) => channel.checkQueue('kept'))).resolves.toMatchObject({
    queue: 'kept',
  });
});
