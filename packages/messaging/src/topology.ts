import { type EventDefinition, events, subscriptions } from '@sandgate/contracts';

/** All events and all queues. Every process knows the whole of it: an event that reaches one queue but misses another counts as delivered. */
export interface Topology {
  readonly events: readonly EventDefinition[];
  /** The event that each queue takes, by the name of its subscription. */
  readonly subscriptions: Readonly<Record<string, EventDefinition>>;
}

export const contractTopology: Topology = { events, subscriptions };

/** The queues that take events of this type. */
export const queuesOf = (topology: Topology, type: string): string[] =>
  Object.entries(topology.subscriptions).flatMap(([queue, event]) => (event.type === type ? [queue] : []));
