import type { Topology, Transport } from '@sandgate/messaging';

/** What the suite needs of a transport under test. Everything it makes is for one test. */
export interface Carrier {
  /** As a process makes it. */
  transport(settings?: { topology?: Topology }): Transport;
  /** From now on nothing can be published. */
  away(): Promise<void>;
  back(): Promise<void>;
  /** How `consumer-process.mjs` makes the same transport. */
  readonly childEnv: Readonly<Record<string, string>>;
}

/** Quick ones, so that a test sees all attempts of a message. */
export const retryDelaysMs = [20, 60];

/** A message that was handed out three times without an outcome is dead. */
export const deliveryLimit = 2;
