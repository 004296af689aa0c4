import { expect } from '@jest/globals';
import type { OutgoingEvent, RunningMessaging, Transport } from '@sandgate/messaging';
import { eventually } from '../support/eventually.js';
import type { Carrier } from './carrier.js';
import type { ServiceSettings, Workshop } from './workshop.js';

/** The test under way. */
export interface Bench {
  readonly workshop: Workshop;
  readonly carrier: Carrier;
  readonly transport: Transport;
  /** Starts the messaging of a service on `transport`. */
  run(settings: Omit<ServiceSettings, 'transport'>): RunningMessaging;
}

export const publishAll = (bench: Bench, events: readonly OutgoingEvent[]): Promise<void> =>
  eventually(async () => {
    const { workshop, transport } = bench;
    expect(await workshop.database.$transaction((tx) => transport.publish(events, tx))).toEqual([]);
  });
