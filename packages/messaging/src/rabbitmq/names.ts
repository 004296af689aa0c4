export interface RabbitmqLayout {
  /** Begins every name, so that several systems can share a broker. */
  readonly namespace: string;
  /** How long a message rests after its first, second, … failed attempt; the last one holds for all further ones. */
  readonly retryDelaysMs: readonly number[];
  /** A message that was handed out more often than this without an outcome is dead-lettered: it kills its consumer. */
  readonly deliveryLimit: number;
}

export const defaultLayout: RabbitmqLayout = {
  namespace: 'sandgate',
  retryDelaysMs: [1_000, 10_000, 60_000],
  deliveryLimit: 5,
};

/** Takes events by their type. */
export const eventsExchange = ({ namespace }: RabbitmqLayout): string => `${namespace}.events`;

/**
 * Takes a message for one queue, by the queue's name. It stands in for the default exchange, for which no broker user needs rights, and is
 * a topic exchange because topic permissions can then say who may write to whose queues.
 */
export const queuesExchange = ({ namespace }: RabbitmqLayout): string => `${namespace}.queues`;

export const workQueue = ({ namespace }: RabbitmqLayout, queue: string): string => `${namespace}.${queue}`;

export const deadQueue = (layout: RabbitmqLayout, queue: string): string => `${workQueue(layout, queue)}.dead`;

export const retryQueue = (layout: RabbitmqLayout, queue: string, delayMs: number): string =>
  `${workQueue(layout, queue)}.retry.${delayMs % 1_000 === 0 ? `${delayMs / 1_000}s` : `${delayMs}ms`}`;

/** Where a message rests after so many failed attempts. */
export function retryQueueAfter(layout: RabbitmqLayout, queue: string, attempts: number): string {
  const delays = layout.retryDelaysMs;
  const delay = delays[Math.min(attempts, delays.length) - 1];
  if (delay === undefined) throw new Error('there is no retry delay');
  return retryQueue(layout, queue, delay);
}
