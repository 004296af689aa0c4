import { type ServiceName, serviceNames } from '@sandgate/contracts';
import { declareTopology } from '@sandgate/messaging';
import { brokerRightsOf } from './broker-rights.js';

export interface BrokerOptions {
  /** Of the operator, who administers the broker. */
  readonly amqpUrl: string;
  /** Where the broker's management plugin answers. */
  readonly managementUrl: string;
  readonly passwords: Readonly<Record<ServiceName, string>>;
}

/** Declares every exchange and queue, and makes a user for each service with the rights it needs. Safe to repeat; sets the passwords again. */
export async function prepareBroker({ amqpUrl, managementUrl, passwords }: BrokerOptions): Promise<void> {
  await declareTopology({ url: amqpUrl });
  const put = managementOf(managementUrl, new URL(amqpUrl));
  for (const service of serviceNames) {
    const { permissions, topics } = brokerRightsOf(service);
    await put(`users/${service}`, { password: passwords[service], tags: '' });
    await put(`permissions/%2F/${service}`, permissions);
    for (const topic of topics) await put(`topic-permissions/%2F/${service}`, topic);
  }
}

/** The HTTP API of RabbitMQ's management plugin. */
const managementOf =
  (managementUrl: string, { username, password }: URL) =>
  async (path: string, body: unknown): Promise<void> => {
    const credentials = Buffer.from(`${decodeURIComponent(username)}:${decodeURIComponent(password)}`);
    const response = await fetch(`${managementUrl}/api/${path}`, {
      method: 'PUT',
      headers: { 'content-type': 'application/json', authorization: `Basic ${credentials.toString('base64')}` },
      body: JSON.stringify(body),
    });
    if (!response.ok) throw new Error(`RabbitMQ answered ${response.status} to PUT ${path}`);
  };
