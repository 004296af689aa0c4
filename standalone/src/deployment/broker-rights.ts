import type { ServiceName } from '@sandgate/contracts';

/** Regular expressions of RabbitMQ over names; the empty one matches none. */
interface Rights {
  readonly configure: string;
  readonly write: string;
  readonly read: string;
}

export interface BrokerRights {
  readonly permissions: Rights;
  /** Beside the above, by routing key. */
  readonly topics: readonly { readonly exchange: string; readonly write: string; readonly read: string }[];
}

/**
 * What the broker lets a service do: read its own queues, publish its own events, and put its own messages aside. It may declare nothing, not
 * even what exists: whoever may declare a queue may delete it, and whoever may bind one can reach it round the topic rights.
 */
export const brokerRightsOf = (service: ServiceName): BrokerRights => ({
  permissions: { configure: '', write: '^sandgate\\.(events|queues)$', read: `^sandgate\\.${service}\\.` },
  topics: [
    { exchange: 'sandgate.events', write: `^${service}\\.`, read: '' },
    { exchange: 'sandgate.queues', write: `^sandgate\\.${service}\\.`, read: '' },
  ],
});
