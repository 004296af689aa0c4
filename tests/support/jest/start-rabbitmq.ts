import { findRabbitmq } from '../rabbitmq.js';
import { offer } from '../testbed.js';
import { startOnce } from './run-parts.js';

/** One RabbitMQ for the run. */
export const ensureRabbitmq = startOnce('rabbitmq', async () => {
  const broker = await findRabbitmq();
  offer('rabbitmq', { url: broker.url, control: broker.control });
  return broker;
});
