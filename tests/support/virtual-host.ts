import { randomBytes } from 'node:crypto';
import { type Broker, rabbitmq, startRabbitmq } from './rabbitmq.js';

/** A part of a broker that belongs to one test file. */
export interface VirtualHost {
  readonly url: string;
  /** Sets a policy on its queues, as an operator may. */
  setPolicy(name: string, queues: string, definition: Readonly<Record<string, number>>): Promise<void>;
  drop(): Promise<void>;
}

/** A virtual host of the run's broker. One that may not be administered, because others run it, is replaced by a broker of one's own. */
export async function openVirtualHost(): Promise<VirtualHost> {
  const shared = rabbitmq();
  if (shared.control.kind === 'none') {
    const broker = await startRabbitmq();
    return { ...onBroker(broker), drop: () => broker.dispose() };
  }
  const name = `sandgate-${randomBytes(4).toString('hex')}`;
  await shared.ctl('add_vhost', name);
  const url = new URL(shared.url);
  url.pathname = `/${name}`;
  await shared.ctl('set_permissions', '-p', name, decodeURIComponent(url.username), '.*', '.*', '.*');
  return {
    url: url.href,
    setPolicy: policySetter(shared, name),
    drop: async () => void (await shared.ctl('delete_vhost', name)),
  };
}

/** The whole of a broker of one's own. */
export const onBroker = (broker: Broker): VirtualHost => ({
  url: broker.url,
  setPolicy: policySetter(broker, '/'),
  drop: async () => undefined,
});

const policySetter =
  ({ ctl }: Pick<Broker, 'ctl'>, virtualHost: string): VirtualHost['setPolicy'] =>
  async (name, queues, definition) => {
    await ctl('set_policy', '-p', virtualHost, '--apply-to', 'queues', name, queues, JSON.stringify(definition));
  };
